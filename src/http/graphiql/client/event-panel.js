// The events of the subscriptions, newest first, below GraphiQL: its response pane shows only the latest.

const STATES = {
  connecting: 'connecting',
  live: 'live',
  reconnecting: 'reconnecting',
  ended: 'ended',
  stopped: 'stopped',
  refused: 'refused',
  lost: 'connection lost',
};

/** Draws the streams into an element. `panel.select(key)` shows one of them. */
export function createEventPanel(root, streams) {
  let selected;
  let shown;
  let isFolded = false;

  const head = element('header', {});
  const list = element('ol', { tabindex: '0', 'aria-label': 'Events, newest first' });
  const detail = element('pre', { tabindex: '0', 'aria-label': 'The selected event' });
  const body = element('div', { class: 'body' }, list, detail);
  root.append(head, body);

  function draw() {
    const all = streams.all();
    root.hidden = all.length === 0;
    if (all.length === 0) return;
    const stream = streams.find(selected) ?? all.at(-1);
    selected = stream.key;
    root.classList.toggle('folded', isFolded);
    root.classList.toggle('picked', shown !== undefined);
    head.replaceChildren(
      ...all.map((one) => chip(one, one === stream)),
      element('span', { class: 'note' }, noteOf(stream)),
      ...(streams.isLive(stream) ? [button('Stop', () => streams.stop(stream))] : []),
      button('Clear', () => streams.forget(stream), streams.isLive(stream)),
      button(isFolded ? 'Show' : 'Hide', () => {
        isFolded = !isFolded;
        draw();
      }),
    );
    const event = stream.events.find(({ number }) => number === shown) ?? stream.events[0];
    list.replaceChildren(...stream.events.map((one) => row(one, one === event)));
    detail.textContent = event === undefined ? '' : JSON.stringify(event.result, null, 2);
  }

  function chip(stream, isSelected) {
    const one = button('', () => {
      selected = stream.key;
      shown = undefined;
      draw();
    });
    one.className = `chip ${stream.state}`;
    one.setAttribute('aria-pressed', String(isSelected));
    one.append(element('i', {}), `${stream.title} `, element('b', {}, String(stream.count)));
    return one;
  }

  function row(event, isSelected) {
    const { type, summary } = headlineOf(event.result);
    const one = button('', () => {
      shown = event.number;
      draw();
    });
    one.setAttribute('aria-pressed', String(isSelected));
    one.append(
      element('time', {}, event.at.toLocaleTimeString('en-GB')),
      element('em', { class: type.toLowerCase() }, type),
      element('span', {}, summary),
    );
    return element('li', {}, one);
  }

  function noteOf(stream) {
    const most = stream.count > stream.events.length ? `, the last ${stream.events.length} shown` : '';
    const where = streams.isLive(stream) && stream.consumer === undefined ? ' in the background' : '';
    return `${STATES[stream.state]}${where}${stream.state === 'reconnecting' ? ` (${stream.problem})` : ''}${most}`;
  }

  streams.onChange(draw);
  draw();
  return {
    draw,
    select(key) {
      selected = key;
      shown = undefined;
      draw();
    },
  };
}

/** What kind of event it is and what it says, of any result. */
function headlineOf({ data, errors }) {
  if (errors !== undefined) return { type: 'ERROR', summary: errors.map(({ message }) => message).join('; ') };
  const [name, value] = Object.entries(data ?? {})[0] ?? ['', null];
  return { type: value?.type ?? name, summary: value?.summary ?? JSON.stringify(value) };
}

function element(name, attributes, ...children) {
  const one = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) one.setAttribute(key, value);
  one.append(...children);
  return one;
}

function button(text, onClick, isDisabled = false) {
  const one = element('button', { type: 'button' }, text);
  one.disabled = isDisabled;
  one.addEventListener('click', onClick);
  return one;
}
