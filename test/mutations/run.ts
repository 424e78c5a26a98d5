import { copyCheckout } from './checkout.ts'
import { protections } from './protections.ts'
import { createJudge, type Verdict } from './verdict.ts'

/**
 * `node test/mutations/run.ts [ID…]`: removes each protection, or those named, in a copy of the checkout and runs the test
 * that must fail for it. Exits with 1 if one survives or cannot be tested, with 2 for an unknown id.
 */
const wanted = process.argv.slice(2)
const unknown = wanted.filter((id) => !protections.some((each) => each.id === id))
if (unknown.length > 0) {
  console.error(
    `There is no protection ${unknown.join(', ')}. Known are: ${protections.map(({ id }) => id).join(', ')}`,
  )
  process.exit(2)
}
// An exit ends the test that is running.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
const checkout = await copyCheckout()
const counts = { caught: 0, survived: 0, skipped: 0, broken: 0 }
try {
  const judge = createJudge(checkout)
  for (const mutation of protections.filter(({ id }) => wanted.length === 0 || wanted.includes(id))) {
    const startedMs = performance.now()
    // What goes wrong with one does not end the run.
    const { outcome, detail } = await judge(mutation).catch(
      (error: unknown): Verdict => ({
        outcome: 'broken',
        detail: error instanceof Error ? error.message : String(error),
      }),
    )
    counts[outcome] += 1
    const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1)
    console.log(`${outcome.padEnd(8)} ${mutation.id} (${seconds} s)${detail === '' ? '' : `: ${detail}`}`)
  }
} finally {
  await checkout.remove()
}
console.log(`${counts.caught} caught, ${counts.survived} survived, ${counts.skipped} skipped, ${counts.broken} broken`)
process.exit(counts.survived + counts.broken === 0 ? 0 : 1)
