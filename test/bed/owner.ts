// A process that owns a bed and waits, for the test that kills it. Its one argument: the wishes.
import { startBed } from './bed.ts'
import { BedOptions } from './options.ts'

const wishes = BedOptions.partial().parse(JSON.parse(process.argv[2] ?? '{}'))
const bed = await startBed(wishes, AbortSignal.timeout(280_000))
process.stdout.write(`${JSON.stringify(bed)}\n`)
setInterval(() => undefined, 60_000)
