// The least that a subscriber can cost: `ws`, or Node's HTTP server, holds a connection open, and has written one event to it.
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const EVENT = JSON.stringify({ data: { serviceEvents: { type: 'SNAPSHOT', summary: 'x'.repeat(400) } } });

const server = createServer((request, response) => {
  if (request.headers.accept !== 'text/event-stream') {
    response.end('{"data":{"__typename":"Query"}}');
    return;
  }
  request.resume();
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(`event: next\ndata: ${EVENT}\n\n`);
});
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on('connection', (socket) => {
  socket.on('message', (text) => {
    socket.send(
      String(text).includes('connection_init') ? '{"type":"connection_ack"}' : `{"type":"next","payload":${EVENT}}`,
    );
  });
});
server.listen(Number(process.env.PORT), '127.0.0.1');
