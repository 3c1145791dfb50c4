"""The commands of ``run.py`` that need no web, a module a concern.

Help texts are made when these modules are imported, in the language of the locale.
"""

from indexer.i18n import language_of_locale, use_language

use_language(language_of_locale())
