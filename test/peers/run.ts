// Runs the servers until Ctrl-C: node test/peers/run.ts --address 10.88.0.2 --folder FOLDER [--resolver ADDRESS:PORT] [--small]
// Writes FOLDER/values.json (for --values) and FOLDER/credentials.json (0600), then prints the address of each server.
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { demoCredentials, demoValues } from './demo.ts'
import { peerNames, startPeers } from './peers.ts'

const { values } = parseArgs({
  options: {
    address: { type: 'string', default: '127.0.0.1' },
    folder: { type: 'string' },
    resolver: { type: 'string' },
    small: { type: 'boolean', default: false },
  },
})
if (values.folder === undefined) {
  console.error('Usage: node test/peers/run.ts --folder FOLDER [--address ADDRESS] [--resolver ADDRESS:PORT] [--small]')
  process.exit(2)
}
const folder = resolve(values.folder)
const stop = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort())

await mkdir(folder, { recursive: true, mode: 0o700 })
const onProgress = (text: string) => console.error(text)
const peers = await startPeers(
  { address: values.address, folder: join(folder, 'state'), programs: values.small ? 'small' : 'real', onProgress },
  stop.signal,
)
await writeFile(join(folder, 'values.json'), JSON.stringify(demoValues(peers, { resolver: values.resolver }), null, 2))
await writeFile(join(folder, 'credentials.json'), JSON.stringify(demoCredentials(peers), null, 2), { mode: 0o600 })
for (const note of peers.notes) console.error(note)
for (const name of peerNames) console.log(`${name} ${peers[name].host} ${peers[name].address}:${peers[name].port}`)
stop.signal.addEventListener('abort', () => void peers.stop())
