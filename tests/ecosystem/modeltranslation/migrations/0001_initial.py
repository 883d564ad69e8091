from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("wagtailcore", "0094_alter_page_locale")]

    operations = [
        migrations.CreateModel(
            name="NewsPage",
            fields=[
                (
                    "page_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=models.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="wagtailcore.page",
                    ),
                ),
                ("text", models.TextField(blank=True)),
                ("text_en", models.TextField(blank=True, null=True)),
                ("text_fr", models.TextField(blank=True, null=True)),
            ],
            options={"abstract": False},
            bases=("wagtailcore.page",),
        ),
    ]
