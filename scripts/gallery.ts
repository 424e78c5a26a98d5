import { parseArgs } from 'node:util'
import { interruptSignal } from '../main/lib/interrupt.ts'
import { startGallery } from './gallery-server.ts'

/** `npm run gallery`: each view and component in each of its states, light and dark, on sample data; until Ctrl-C. */
const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } })
const stop = interruptSignal(['SIGINT', 'SIGTERM', 'SIGHUP'])
const gallery = await startGallery(Number(values.port))
console.log(`Open ${gallery.address}\nCtrl-C stops it.`)
if (!stop.aborted) await new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }))
await gallery.close()
