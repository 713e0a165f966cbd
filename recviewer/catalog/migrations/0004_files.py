import django.db.models.deletion
from django.db import migrations, models

FILL = """
INSERT INTO catalog_file (id, path, raw_path, size, mtime_ns, inode, blob, reader)
SELECT id, path, raw_path, size, mtime_ns, inode, blob, reader FROM catalog_recording
"""
"""Until now each file was one recording; the new readers have all of them read again."""


class Migration(migrations.Migration):
    """A file holds one recording or more."""

    dependencies = [("catalog", "0003_reasoning")]
    operations = [
        migrations.CreateModel(
            "File",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("path", models.TextField(unique=True)),
                ("raw_path", models.BinaryField(null=True)),
                ("size", models.BigIntegerField()),
                ("mtime_ns", models.BigIntegerField()),
                ("inode", models.BigIntegerField()),
                ("blob", models.CharField(max_length=40)),
                ("reader", models.CharField(max_length=40)),
            ],
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddField("recording", "part", models.TextField(default="")),
        migrations.AddField("recording", "place", models.IntegerField(default=0)),
        migrations.AddField(
            "recording",
            "file",
            models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to="catalog.file"),
        ),
        migrations.RunSQL("UPDATE catalog_recording SET file_id = id", migrations.RunSQL.noop),
        migrations.AlterField(
            "recording", "file", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="catalog.file")
        ),
        migrations.RemoveField("recording", "inode"),
        migrations.RemoveField("recording", "reader"),
    ]
