import { parseArgs } from 'node:util'
import { build, missingParts, sayMissing } from '../test/bed/bed.ts'
import { buildHelm } from './build-helm.ts'
import { BuildProblem, type BuildProgress } from './build-programs.ts'

/**
 * Builds the programs of the real cluster and the helm that Hangar ships (`--helm`: that alone), unless they are there,
 * and says how far it is. Without Go it says what that costs, and goes on.
 */
const sayEveryMs = 5_000
const { values } = parseArgs({ options: { helm: { type: 'boolean', default: false } } })
let said = -sayEveryMs
const onProgress = ({ text }: BuildProgress): void => {
  if (performance.now() - said < sayEveryMs) return
  said = performance.now()
  console.log(text)
}

try {
  const helm = await buildHelm({ onProgress })
  if (values.helm) console.log(helm)
  else {
    const missing = missingParts('simulated')
    if (missing.length > 0) console.log(sayMissing(missing))
    await build(undefined, { onProgress })
  }
} catch (error) {
  if (!(error instanceof BuildProblem)) throw error
  console.log(`${error.message} ${error.hint}`)
  // Where there is no Go nothing is wrong with Hangar: the suites that need it skip, and say so.
  const needsGo = missingParts('simulated').some(({ part }) => part.startsWith('Go'))
  process.exit(values.helm || !needsGo ? 1 : 0)
}
