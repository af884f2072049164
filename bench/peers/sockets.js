// Ports and WebSockets of this machine.

import { setTimeout as pause } from 'node:timers/promises';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';

/** How long a server may take to let a client in, in milliseconds. */
export const TO_CONNECT = 120_000;

/** What is said when a connection ends that was needed. */
export const LOST = 'The connection to the server was lost.';

/** What is said when none comes about. */
export const NO_ANSWER = 'The server does not answer.';

/** Listens for WebSockets on a free port, for this machine only. */
export async function listen() {
  const sockets = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(sockets, 'listening');
  return { sockets, address: `ws://127.0.0.1:${portOf(sockets.address())}` };
}

/** A port that was free a moment ago, for programs that want to be told one. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server.address());
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * Waits until the other end has dealt with everything that was sent before. The first ping is answered once that has
 * arrived. By the time the second has come, it was dealt with, as far as the other end waits for no file, and what it
 * answered comes before the second pong.
 * @param {WebSocket | undefined} socket
 */
export async function roundTrips(socket) {
  for (let trip = 0; trip < 2; trip += 1) {
    await new Promise((resolve, reject) => {
      const lost = () => reject(new Error(LOST));
      if (socket?.readyState !== WebSocket.OPEN) {
        return lost();
      }
      socket.once('close', lost);
      socket.once('pong', () => {
        socket.off('close', lost);
        resolve(undefined);
      });
      socket.ping();
    });
  }
}

/**
 * Waits until a socket is closed.
 * @param {WebSocket | undefined} socket
 */
export async function closed(socket) {
  if (socket && socket.readyState !== WebSocket.CLOSED) {
    await once(socket, 'close');
  }
}

/** @param {ReturnType<WebSocketServer['address']>} address */
function portOf(address) {
  if (address === null || typeof address === 'string') {
    throw new Error('A server without a port.');
  }
  return address.port;
}

/**
 * Waits until a server answers.
 * @param {string} address
 */
export async function answering(address) {
  const late = AbortSignal.timeout(TO_CONNECT);
  for (;;) {
    try {
      await fetch(address, { signal: late });
      return;
    } catch (error) {
      if (late.aborted) {
        throw error;
      }
      await pause(20);
    }
  }
}
