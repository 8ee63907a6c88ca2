from django.db import migrations


def make_front_desk(apps, schema_editor):
    def get(model, /, **values):
        return apps.get_model(model).objects.get_or_create(**values)[0]

    # Django itself makes these only after the last migration, and finds ours then.
    clinic = get("contenttypes.ContentType", app_label="pages", model="clinic")
    front_desk = get("auth.Group", name="Front desk")
    for may in ("add", "view"):
        permission = get(
            "auth.Permission",
            content_type=clinic,
            codename=f"{may}_clinic",
            name=f"Can {may} version",
        )
        front_desk.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("pages", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make_front_desk, migrations.RunPython.noop)]
