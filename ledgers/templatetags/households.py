"""How a household is named in a template."""

from django import template

from ledgers.households.numbering import label_of

register = template.Library()
register.simple_tag(label_of, name="household_label")
