from django.db import migrations


def make_front_desk(apps, schema_editor):
    def get(model, /, **values):
        return apps.get_model(model).objects.get_or_create(**values)[0]

    # Django itself makes these only after the last migration, and finds ours then.
    clinic = get("contenttypes.ContentType", app_label="pages", model="clinic")
    change = get(
        "auth.Permission",
        content_type=clinic,
        codename="change_clinic",
        name="Can change banner and contact details",
    )
    get("auth.Group", name="Front desk").permissions.add(change)


class Migration(migrations.Migration):
    dependencies = [
        ("pages", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make_front_desk, migrations.RunPython.noop)]
