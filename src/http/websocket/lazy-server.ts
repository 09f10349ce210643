import type { WebSocketParts, WebSockets } from './server.ts';

/** WebSockets whose code loads when the first client connects. */
export function openWebSocketsOnDemand(parts: WebSocketParts): WebSockets {
  let loading: Promise<WebSockets> | undefined;
  let loaded: WebSockets | undefined;

  return {
    get size() {
      return loaded?.size ?? 0;
    },
    upgrade(request, socket, head) {
      if (loaded) {
        loaded.upgrade(request, socket, head);
        return;
      }
      loading ??= import('./server.ts').then(({ createWebSockets }) => {
        loaded = createWebSockets(parts);
        return loaded;
      });
      // Nothing reads from the socket meanwhile, so no data is lost. But the socket may fail.
      const onError = () => socket.destroy();
      socket.on('error', onError);
      loading
        .then((webSockets) => {
          socket.off('error', onError);
          webSockets.upgrade(request, socket, head);
        })
        .catch((error: unknown) => {
          parts.log.error({ err: error }, 'no WebSocket could be opened');
          socket.destroy();
        });
    },
    async close() {
      const webSockets = await loading;
      await webSockets?.close();
    },
  };
}
