import { connect, type Socket } from 'node:net'
import type { DialOutcome } from '../facts.ts'
import { errorCode } from './time-limit.ts'

/** A TCP connection to an address. Rejects with the system's error, or when the signal aborts. */
export function dial(address: string, port: number, limit: AbortSignal): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  if (limit.aborted) {
    reject(limit.reason)
    return promise
  }
  const socket = connect({ host: address, port, autoSelectFamily: false, noDelay: true })
  const stop = (): void => {
    socket.destroy()
    reject(limit.reason)
  }
  limit.addEventListener('abort', stop, { once: true })
  socket.once('connect', () => {
    limit.removeEventListener('abort', stop)
    resolve(socket)
  })
  // Not once: a later error without a listener would end the program.
  socket.on('error', (error) => {
    limit.removeEventListener('abort', stop)
    socket.destroy()
    reject(error)
  })
  return promise
}

const outcomes: Readonly<Record<string, DialOutcome>> = {
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'timeout',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  // This machine has no address of the family, or no route. Nothing was sent.
  ENETUNREACH: 'no-route',
  EADDRNOTAVAIL: 'no-route',
  EAFNOSUPPORT: 'no-route',
  EINVAL: 'no-route',
  // Reported by a router or firewall on the path (ICMP), or by this machine's own filter.
  EHOSTUNREACH: 'unreachable',
  EACCES: 'unreachable',
  EPERM: 'unreachable',
  EMFILE: 'no-sockets',
  ENFILE: 'no-sockets',
  ENOBUFS: 'no-sockets',
}

/** This machine could not create a socket. Nothing was sent. */
export const isOutOfSockets = (code: string): boolean => outcomes[code] === 'no-sockets'

export function dialOutcome(error: unknown): { readonly outcome: DialOutcome; readonly code: string } {
  const code = errorCode(error)
  return { outcome: outcomes[code] ?? 'error', code }
}
