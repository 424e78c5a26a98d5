import { parseArgs } from 'node:util'
import { explain } from '../main/fault.ts'
import { interruptSignal } from '../main/lib/interrupt.ts'
import { describeMissing, missingPrerequisites } from '../test/bed/bed.ts'
import { programsOf } from '../test/bed/programs.ts'
import { buildHelm, helmProgram } from './build-helm.ts'
import { BuildProblem, type BuildProgress, buildPrograms, describeBuild } from './build-programs.ts'

/**
 * Builds the programs of the test cluster and the helm that Hangar ships (`--helm`: only that), where they are missing,
 * and prints its progress. Without Go it prints what does not work, and continues.
 */
const { values } = parseArgs({ options: { helm: { type: 'boolean', default: false } } })
const stop = interruptSignal()
const options = { onProgress: ({ text }: BuildProgress): void => console.log(text), signal: stop }

try {
  const programs = [helmProgram(), ...(values.helm ? [] : programsOf())]
  if (!values.helm) {
    const missing = missingPrerequisites('simulated')
    if (missing.length > 0) console.log(describeMissing(missing))
  }
  const description = describeBuild(programs)
  if (description !== undefined) console.log(description)
  await buildPrograms(programs, options)
  const helm = await buildHelm(options)
  if (values.helm) console.log(helm)
} catch (error) {
  if (stop.aborted) process.exit(130)
  console.log(explain(error))
  if (!(error instanceof BuildProblem)) process.exit(1)
  // A missing Go is not a failure: the suites that need it are skipped with the reason.
  const needsGo = missingPrerequisites('simulated').some(({ part }) => part.startsWith('Go'))
  process.exit(values.helm || !needsGo ? 1 : 0)
}
