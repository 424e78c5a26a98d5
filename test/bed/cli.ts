// npm run bed -- up|down|status|build. Only results go to stdout.
import { Command, Option } from 'commander'
import { explain } from '../../main/fault.ts'
import { describeBuild, type Program } from '../../scripts/build-programs.ts'
import { isRunning } from '../../scripts/process-id.ts'
import { bedPrograms, build, describeMissing, endBed, findBed, missingPrerequisites, startBed } from './bed.ts'
import { BedOptions } from './options.ts'
import { missingPrograms, programsOf } from './programs.ts'
import { listRecords } from './record.ts'

const stop = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stop.abort(new Error('Stopped.')))

const say = (text: string): boolean => process.stderr.write(`${text}\n`)
const onProgress = ({ text }: { readonly text: string }): boolean => say(`Building ${text}`)
const announce = (programs: readonly Program[]): void => {
  const description = describeBuild(programs)
  if (description !== undefined) say(description)
}
const nameOption = () => new Option('--name <name>', 'which bed').default('hangar')

const program = new Command('bed').description('A real Kubernetes cluster on this machine, for tests and the demo.')

program
  .command('up')
  .description("Start a bed that runs until 'down', and print the path of its kubeconfig.")
  .addOption(nameOption())
  .option('--simulated', 'simulated nodes only, without containers')
  .option('--nodes <count>', 'number of simulated nodes to add', Number)
  .addOption(
    new Option('--network <network>', 'bridge; cilium, which enforces network policies; or none, to install your own')
      .choices(BedOptions.shape.network.options)
      .default('bridge'),
  )
  .addOption(
    new Option('--flux <flux>', "Flux's custom resource definitions, or its controller too").choices([
      'crds',
      'controller',
    ]),
  )
  .action(async ({ name, simulated, nodes = 0, network, flux }) => {
    const running = await findBed(name)
    if (running) say(`Bed ${name} is already running.`)
    const pods = simulated ? 'simulated' : nodes > 0 ? 'both' : 'real'
    const simulatedNodes = simulated ? Math.max(1, nodes) : nodes
    const request = BedOptions.partial().parse({ name, pods, network, flux: flux ?? false, simulatedNodes })
    if (!running) announce(programsOf(bedPrograms(pods, network)))
    const bed = running ?? (await startBed({ ...request, lifetime: 'until-down', onProgress }, stop.signal))
    process.stdout.write(`${bed.kubeconfig}\n`)
  })

program
  .command('down')
  .description('Stop a bed and remove everything that belongs to it.')
  .addOption(nameOption())
  .option('--all', 'every bed of this user')
  .action(async ({ name, all }) => {
    const names = all ? (await listRecords()).map((record) => record.name) : [name]
    for (const each of names) await endBed(each, stop.signal)
  })

program
  .command('status')
  .description('List the beds.')
  .action(async () => {
    for (const { name, state, supervisor, facts } of await listRecords())
      process.stdout.write(
        `${name}\t${isRunning(supervisor) ? state : 'stale'}\t${facts ? `${facts.pods}\t${facts.kubeconfig}` : ''}\n`,
      )
  })

program
  .command('build')
  .description('Build the programs that beds need into the cache folder.')
  .option('--simulated', 'only the programs that simulated beds need')
  .action(async ({ simulated }) => {
    const pods = simulated ? 'simulated' : 'real'
    announce(programsOf(simulated ? bedPrograms(pods) : undefined))
    await build(simulated ? bedPrograms(pods) : undefined, { onProgress, signal: stop.signal })
    say(missingPrograms(bedPrograms(pods)).length === 0 ? 'All programs are built.' : 'Some programs are missing.')
    const missing = missingPrerequisites(pods)
    if (missing.length > 0) say(describeMissing(missing))
  })

try {
  await program.parseAsync()
} catch (error) {
  say(explain(error))
  process.exitCode = 1
}
