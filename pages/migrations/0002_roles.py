from django.db import migrations

ROLES = {"Front desk": "clinic", "Reviewer": "review"}


def make_roles(apps, schema_editor):
    def get(model, /, **values):
        return apps.get_model(model).objects.get_or_create(**values)[0]

    for role, model in ROLES.items():
        group = get("auth.Group", name=role)
        # Django itself makes these only after the last migration, and finds ours then.
        kind = get("contenttypes.ContentType", app_label="pages", model=model)
        for may in ("add", "view"):
            name, codename = f"Can {may} {model}", f"{may}_{model}"
            group.permissions.add(
                get("auth.Permission", content_type=kind, codename=codename, name=name)
            )
    # Whose name the history shows; nobody can sign in as such.
    get("auth.User", username="command-line", is_active=False)


class Migration(migrations.Migration):
    dependencies = [
        ("pages", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]
