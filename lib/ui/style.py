"""The little that the theme cannot do: print, cards, tables read as tables; it stands in `style.css`."""

from pathlib import Path

CSS = f"<style>{(Path(__file__).parent / 'style.css').read_text('utf-8')}</style>"
