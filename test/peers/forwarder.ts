import { connect, createServer } from 'node:net'
import { type PeerServer, type Place, startPeerServer } from './peer-server.ts'

/** A port that passes bytes on, so that one row of a program that speaks for several can be taken away. */
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
