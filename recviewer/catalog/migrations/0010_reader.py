from django.db import migrations, models


class Migration(migrations.Migration):
    """The version of the code that read a file names the readers that were chosen for it."""

    dependencies = [("catalog", "0009_request_values")]
    operations = [migrations.AlterField("file", "reader", models.TextField())]
