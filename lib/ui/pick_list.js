export default function({ data, parentElement, setTriggerValue }) {
  const host = parentElement.querySelector('.ccn-list');
  const make = (tag, cls, text) => { const e = document.createElement(tag); if (cls) e.className = cls;
    if (text !== undefined && text !== null) e.textContent = text; return e };
  const shape = JSON.stringify([data.columns, data.rows, data.more]);
  if (host.dataset.shape !== shape) {
    const table = make('table', 'ccn-table ccn-pick'), head = make('thead'), body = make('tbody'), top = make('tr');
    table.append(make('caption', 'ccn-caption', data.caption));
    for (const c of data.columns) { const th = make('th', c.cls || '', c.label); th.scope = 'col'; top.append(th) }
    head.append(top);
    for (const row of data.rows) {
      const tr = make('tr'); tr.dataset.code = row.code;
      row.cells.forEach((cell, i) => {
        const td = make('td', data.columns[i].cls || '');
        if (cell.pick) { const b = make('button', 'ccn-name', cell.text); b.type = 'button'; td.append(b) }
        else {
          if (cell.style) { const d = make('span', 'ccn-dot'); d.style.background = cell.style[0];
            d.style.border = '1.5px ' + cell.style[2] + ' ' + cell.style[1]; d.setAttribute('aria-hidden', 'true'); td.append(d) }
          td.append(cell.text ?? '');
        }
        if (cell.bar) { const bar = make('span', 'ccn-interval'), i = make('i'); i.style.left = cell.bar[0] + '%';
          i.style.width = Math.max(cell.bar[1] - cell.bar[0], 2) + '%'; i.style.background = `color-mix(in srgb, ${cell.bar[2]} 35%, white)`; i.style.borderColor = cell.bar[3];
          bar.append(i); bar.title = cell.label || ''; bar.setAttribute('role', 'img'); bar.setAttribute('aria-label', cell.label || ''); td.append(bar) }
        if (cell.sub) td.append(make('small', 'soft', cell.sub));
        tr.append(td);
      });
      body.append(tr);
    }
    table.append(head, body); host.replaceChildren(table); host.dataset.shape = shape;
  }
  if (data.height) host.style.setProperty('--ccn-list-height', data.height + 'px');
  host.onclick = event => { const tr = event.target.closest('tr[data-code]');
    if (tr) setTriggerValue('picked', tr.dataset.code) };
  for (const tr of host.querySelectorAll('tr[data-code]')) {
    const on = tr.dataset.code === data.picked;
    tr.classList.toggle('on', on);
    const b = tr.querySelector('button'); if (b) b.setAttribute('aria-pressed', on ? 'true' : 'false');
  }
}
