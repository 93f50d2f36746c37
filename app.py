"""The frame of the dashboard: `streamlit run app.py`."""

from lib.ui import frame

frame.run()
