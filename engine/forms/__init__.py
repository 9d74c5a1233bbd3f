"""Forms: form-js JSON compiled once, then held against every request on the server."""

from engine.forms.compiler import UnsupportedForm, compile_form
from engine.forms.dossier import Row, Section
from engine.forms.field import Field, FieldError, Known, KnownValues, Option
from engine.forms.form import Cleaned, Form
from engine.forms.messages import message
from engine.forms.problems import Finding, problems

__all__ = [
    "Cleaned",
    "Field",
    "FieldError",
    "Finding",
    "Form",
    "Known",
    "KnownValues",
    "Option",
    "Row",
    "Section",
    "UnsupportedForm",
    "compile_form",
    "message",
    "problems",
]
