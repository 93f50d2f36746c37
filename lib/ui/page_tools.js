export default function({ data, parentElement }) {
  document.documentElement.lang = data.lang;
  const box = parentElement.querySelector('.ccn-tools');
  const make = (tag, cls, text) => { const e = document.createElement(tag); e.className = cls; e.textContent = text; return e };
  const address = () => {
    const query = new URLSearchParams(data.query);
    for (const frame of document.querySelectorAll('iframe')) {
      const map = frame.contentWindow && frame.contentWindow.map;
      if (data.with_view && map && map.getCenter) {
        const c = map.getCenter();
        query.set('xem', [c.lat.toFixed(5), c.lng.toFixed(5), map.getZoom().toFixed(2)].join(','));
      }
    }
    return location.origin + location.pathname + '?' + query.toString();
  };
  box.replaceChildren();
  const copy = make('button', 'ccn-tool', data.copy), print = make('button', 'ccn-tool', data.print);
  const panel = make('span', 'ccn-copied', ''), field = make('input', 'ccn-field', '');
  copy.type = print.type = 'button';
  field.readOnly = true; field.setAttribute('aria-label', data.field); field.title = data.hint;
  const status = make('span', 'ccn-status', ''); status.setAttribute('role', 'status');
  panel.append(field, status); panel.hidden = true;
  field.onfocus = () => field.select();
  copy.onclick = async () => {
    panel.hidden = false; field.value = address(); field.focus(); field.select();
    let done = false;
    try { await navigator.clipboard.writeText(field.value); done = true } catch { done = document.execCommand('copy') }
    status.textContent = done ? data.copied : data.hint;
  };
  print.onclick = () => window.print();
  box.append(copy, print, panel);
}
