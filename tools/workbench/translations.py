"""`make i18n`: the .pot and the French .po from the texts in the code, the same twice in a row."""

from . import paths, prepare, settings
from .databases import Database
from .odoo import Odoo
from .shipped import copied_addon
from .steps import Progress
from .testing import remake_if_changed

LANGUAGES = ("fr",)
TEMPLATE = paths.ROOT / "i18n" / f"{paths.ADDON}.pot"


def i18n():
    """Write the template and bring each language up to date with it."""
    progress = Progress(5)
    odoo = prepare.odoo_ready(progress)
    database = Database(odoo, settings.database("test"))
    with database.exclusive():
        remake_if_changed(progress, database)
        with progress.step("Translations") as step:
            total = export(odoo, database)
            for language in LANGUAGES:
                missing = merge(TEMPLATE, TEMPLATE.with_name(f"{language}.po"), language)
                step.say(f"{language}: {missing} of {total} to translate")
            step.result = "written"


def export(odoo, database):
    """Have Odoo write the template, with a header of ours; return how many texts it has."""
    import polib

    TEMPLATE.parent.mkdir(exist_ok=True)
    with copied_addon(leave_out=("tests",)) as folder:
        exporter = Odoo(odoo.source, odoo.python, odoo.server, addons=folder)
        draft = folder / TEMPLATE.name
        exporter.run(
            database.name,
            "i18n export",
            *("-o", str(draft), paths.ADDON),
            failure="Odoo does not export the texts",
            log="i18n.log",
        )
        catalogue = polib.pofile(str(draft), wrapwidth=78)
    catalogue.header = ""
    catalogue.metadata = header()
    catalogue.save(str(TEMPLATE))
    return len(catalogue)


def merge(template, file, language):
    """Give a language the entries of the template, keep its texts; return how many are missing."""
    import polib

    known = polib.pofile(str(file)) if file.exists() else polib.POFile()
    texts = {(entry.msgctxt, entry.msgid): entry.msgstr for entry in known}
    catalogue = polib.pofile(str(template), wrapwidth=78)
    for entry in catalogue:
        entry.msgstr = texts.get((entry.msgctxt, entry.msgid), "")
    catalogue.metadata = header(language)
    catalogue.save(str(file))
    return len(catalogue.untranslated_entries())


def header(language=None):
    """Return the header of a catalogue, without dates so that it changes only with the texts."""
    values = {
        "Project-Id-Version": "Odoo Server 19.0",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    if language:
        values["Language"] = language
        values["Plural-Forms"] = "nplurals=2; plural=n > 1;"
    return values
