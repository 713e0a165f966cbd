"""Trailers of an answer, by which gRPC tells how a call ended."""

import pytest
import yaml

from recviewer.difference.compare import compare
from recviewer.difference.model import Churn
from recviewer.recorders.reading import read_file

PATH = "tests/testdata/TestAsks.yaml"


def exchange(side="response", **trailer):
    item = {
        "id": 0,
        "request": {"method": "POST", "url": "https://api.example.com/v1/ask", "headers": {}, "body": "{}"},
        "response": {"headers": {}, "body": "{}", "code": 200, "status": "200 OK"},
    }
    item[side]["trailer"] = {name.replace("_", "-"): [value] for name, value in trailer.items()}
    data = yaml.safe_dump({"version": 2, "interactions": [item]}, sort_keys=False)
    (part,) = read_file(data.encode(), PATH)
    return part.reading.exchange


@pytest.mark.parametrize("side", ["request", "response"])
def test_a_trailer_counts(side):
    assert compare(exchange(side), exchange(side, Grpc_Status="13")).churn is Churn.DETAILS
    assert compare(exchange(side, Grpc_Status="0"), exchange(side, Grpc_Status="13")).churn is Churn.DETAILS


def test_an_id_in_a_trailer_does_not_count():
    assert compare(exchange(X_Request_Id="a"), exchange(X_Request_Id="b")).churn is Churn.IDENTICAL
