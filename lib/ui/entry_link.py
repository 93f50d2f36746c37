"""Parts of the address of the form of figures: subject, topic, attribute to begin with, record to correct."""

SUBJECT, TOPIC, ATTRIBUTE, FIXING = "cum", "chu-de", "thuoc-tinh", "sua"
