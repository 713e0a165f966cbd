"""A suite of RSpec with Ruby's VCR, replayed: what is noted is what strace sees. Skipped where Ruby has no VCR."""

import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.used.building import opened_in

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs inotify")]

SPEC = """
require "net/http"
require "vcr"
require "webmock/rspec"

VCR.configure do |config|
  config.cassette_library_dir = "spec/cassettes"
  config.hook_into :webmock
  config.configure_rspec_metadata!
  config.default_cassette_options = {record: ENV["RECORD"] ? :once : :none}
end

def asked(path)
  Net::HTTP.get(URI("http://127.0.0.1:PORT/#{path}"))
end

RSpec.describe "planets" do
  %w[earth mars venus].each do |name|
    it("knows #{name}") { VCR.use_cassette("planets/#{name}") { expect(asked(name)).to eq("This is /#{name}") } }
  end
  it("knows the moon", :vcr) { expect(asked("moon")).to eq("This is /moon") }
  it("asks nothing") { expect(1).to eq(1) }
  it("misses one") do
    VCR.use_cassette("planets/pluto") { expect { asked("pluto") }.to raise_error(VCR::Errors::UnhandledHTTPRequestError) }
  end unless ENV["RECORD"]
end
"""


class Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        data = f"This is {self.path}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *words):
        pass


@pytest.fixture
def suite(tmp_path, environment):
    """The folder of a suite whose cassettes VCR itself recorded, from a server that is gone; two more nobody asks for."""
    if not shutil.which("rspec") or subprocess.run(["ruby", "-e", "require 'vcr'"], check=False).returncode:
        pytest.skip("needs Ruby with rspec, vcr and webmock")
    top = tmp_path / "suite"
    (top / "spec").mkdir(parents=True)
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        (top / "spec" / "planets_spec.rb").write_text(SPEC.replace("PORT", str(server.server_port)))
        subprocess.run(["rspec"], cwd=top, env=environment | {"RECORD": "1"}, check=True, capture_output=True)
        server.shutdown()
    made = sorted((top / "spec" / "cassettes").rglob("*.yml"))
    assert len(made) == 4
    for number in range(2):
        shutil.copy(made[0], made[0].with_name(f"left_{number}.yml"))
    return top


def test_cassettes_that_are_replayed_are_those_that_strace_sees(suite, environment, kept, tmp_path):
    trace = tmp_path / "trace"
    strace = ["strace", "-f", "-qq", "-e", "trace=openat", "-o", trace] if shutil.which("strace") else []
    words = [sys.executable, "-m", "recviewer", "used", suite, "--as", "ruby", "--", *strace, "rspec"]
    done = subprocess.run(words, cwd=suite, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout
    assert "6 examples, 0 failures" in done.stdout
    run = kept("ruby")
    read = {path for path, one in run.files.items() if one.is_used}
    assert len(run.files) == 6
    assert len(read) == 4
    assert not any("left" in path for path in read)
    if strace:
        assert read == {path for path in opened_in(trace, suite, ".yml") if path.startswith("spec/cassettes")}
