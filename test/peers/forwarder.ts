import { connect, createServer } from 'node:net'
import { type ListenAddress, type PeerServer, startPeerServer } from './peer-server.ts'

/** A port that forwards bytes, so that one of several endpoints of a program can be stopped. */
export const startForwarder = (
  listenAddress: ListenAddress,
  targetPort: number,
  signal: AbortSignal,
): Promise<PeerServer> =>
  startPeerServer(
    listenAddress,
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
