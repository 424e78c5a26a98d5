import { join, resolve } from 'node:path'
import { packagedPrograms, wrongFuses } from './fuses.ts'

/**
 * Checks the fuses of the packaged programs given as arguments, else of those in `dist`. Exits with 1 when one differs
 * from scripts/fuses.ts, with 2 when there is no packaged program.
 */
const given = process.argv.slice(2)
const programs =
  given.length > 0 ? given.map((path) => resolve(path)) : packagedPrograms(join(import.meta.dirname, '..', 'dist'))
if (programs.length === 0) {
  process.stderr.write('There is no packaged app in dist. Run "npm run package" first.\n')
  process.exitCode = 2
}
for (const program of programs) {
  const wrong = await wrongFuses(program)
  process.stdout.write(`${program}: ${wrong.length === 0 ? 'every fuse is as it should be' : wrong.join(' ')}\n`)
  if (wrong.length > 0) process.exitCode = 1
}
