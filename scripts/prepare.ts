import { parseArgs } from 'node:util'
import { explain } from '../main/fault.ts'
import { interruptSignal } from '../main/lib/interrupt.ts'
import { missingPrerequisites, describeMissing } from '../test/bed/bed.ts'
import { programsOf } from '../test/bed/programs.ts'
import { buildHelm, helmProgram } from './build-helm.ts'
import { BuildProblem, type BuildProgress, buildPrograms, describeBuild } from './build-programs.ts'

/**
 * Builds the programs of the real cluster and the helm that Hangar ships (`--helm`: that alone), unless they are there,
 * and says how far it is. Without Go it says what that costs, and goes on.
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
  // Where there is no Go nothing is wrong with Hangar: the suites that need it skip, and say so.
  const needsGo = missingPrerequisites('simulated').some(({ part }) => part.startsWith('Go'))
  process.exit(values.helm || !needsGo ? 1 : 0)
}
