// The process that all programs of a bed depend on. bed.ts starts it with the options as its one argument. It ends the
// bed on request, and when its owner, the other end of the IPC channel, has ended for any reason.
import { rmSync } from 'node:fs'
import { explain } from '../../main/fault.ts'
import { serveControl } from './control.ts'
import { bedPaths, supervisorLog } from './layout.ts'
import { BedOptions } from './options.ts'
import { runBed } from './run-bed.ts'

const options = BedOptions.parse(JSON.parse(process.argv[2] ?? '{}'))
const owned = process.argv[3] === 'owned'
const starting = new AbortController()
let end = () => starting.abort()

const report = (message: object): void => {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined)
}
if (owned) process.on('disconnect', () => end())
for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, () => end())

try {
  const bed = await runBed(options, starting.signal)
  const leave = (): never => {
    // The log is only of use after a failure.
    rmSync(supervisorLog(options.name), { force: true })
    process.exit(0)
  }
  end = () => {
    end = () => undefined
    bed.down(AbortSignal.timeout(60_000)).then(leave, (error) => {
      console.error(error)
      process.exit(1)
    })
  }
  await serveControl(bedPaths(options.name).control, bed, leave)
  if (starting.signal.aborted || (owned && !process.connected)) end()
  else report({ up: bed.facts })
} catch (error) {
  // A start that was cancelled is no failure, and its log is of no use.
  if (starting.signal.aborted) rmSync(supervisorLog(options.name), { force: true })
  else console.error(error)
  const problem = explain(error)
  if (process.connected) process.send?.({ problem }, undefined, undefined, () => process.exit(1))
  else process.exit(1)
}
