// The process that a bed lives and dies with. Started by bed.ts with the options as its one argument. It ends the bed
// when asked to, and when its owner, the other end of the IPC channel, is gone, however that went.
import { rmSync } from 'node:fs'
import { explain } from '../../main/fault.ts'
import { serveControl } from './control.ts'
import { keepBed } from './keep.ts'
import { keeperLog, placesOf } from './layout.ts'
import { BedOptions } from './options.ts'

const options = BedOptions.parse(JSON.parse(process.argv[2] ?? '{}'))
const owned = process.argv[3] === 'owned'
const starting = new AbortController()
let end = () => starting.abort()

const tell = (message: object): void => {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined)
}
if (owned) process.on('disconnect', () => end())
for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, () => end())

try {
  const kept = await keepBed(options, starting.signal)
  const leave = (): never => {
    // Of a bed that came and went as it should there is nothing to read.
    rmSync(keeperLog(options.name), { force: true })
    process.exit(0)
  }
  end = () => {
    end = () => undefined
    kept.down(AbortSignal.timeout(60_000)).then(leave, (error) => {
      console.error(error)
      process.exit(1)
    })
  }
  await serveControl(placesOf(options.name).control, kept, leave)
  if (starting.signal.aborted || (owned && !process.connected)) end()
  else tell({ up: kept.facts })
} catch (error) {
  console.error(error)
  const problem = explain(error)
  if (process.connected) process.send?.({ problem }, undefined, undefined, () => process.exit(1))
  else process.exit(1)
}
