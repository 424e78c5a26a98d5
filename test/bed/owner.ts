// A process that owns a bed and waits, for the tests that kill it. Its one argument is the request.
import { startBed } from './bed.ts'
import { BedOptions } from './options.ts'

const request = BedOptions.partial().parse(JSON.parse(process.argv[2] ?? '{}'))
const bed = await startBed(request, AbortSignal.timeout(280_000))
process.stdout.write(`${JSON.stringify(bed)}\n`)
setInterval(() => undefined, 60_000)
