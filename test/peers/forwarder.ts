import { connect, createServer } from 'node:net'
import { type PeerServer, type Place, startPeerServer } from './peer-server.ts'

/** A port that forwards bytes, so that one of several endpoints of a program can be stopped. */
export const startForwarder = (place: Place, targetPort: number, signal: AbortSignal): Promise<PeerServer> =>
  startPeerServer(
    place,
    () =>
      createServer((near) => {
        const far = connect({ host: '127.0.0.1', port: targetPort })
        near.pipe(far).pipe(near)
        for (const [one, other] of [
          [near, far],
          [far, near],
        ] as const) {
          one.on('error', () => other.destroy())
          one.on('close', () => other.destroy())
        }
      }),
    signal,
  )
