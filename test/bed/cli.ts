// npm run bed -- up|down|status|build. stdout carries results only.
import { Command, Option } from 'commander'
import { explain } from '../../main/fault.ts'
import { describeBuild, type Program } from '../../scripts/build-programs.ts'
import { isRunning } from '../../scripts/process-id.ts'
import { bedPrograms, build, endBed, findBed, missingParts, sayMissing, startBed } from './bed.ts'
import { BedOptions } from './options.ts'
import { missingPrograms, programsOf } from './programs.ts'
import { listRecords } from './record.ts'

const asked = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => asked.abort(new Error('Stopped.')))

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
  .description("Start a bed that lives until 'down', and print its kubeconfig's path.")
  .addOption(nameOption())
  .option('--simulated', 'no containers: simulated nodes alone')
  .option('--nodes <count>', 'simulated nodes beside what is there', Number)
  .addOption(
    new Option('--network <network>', 'bridge; cilium, which enforces policies; or none: bring your own')
      .choices(BedOptions.shape.network.options)
      .default('bridge'),
  )
  .addOption(new Option('--flux <flux>', "Flux's definitions, or its controller too").choices(['crds', 'controller']))
  .action(async ({ name, simulated, nodes = 0, network, flux }) => {
    const running = await findBed(name)
    if (running) say(`Bed ${name} runs already.`)
    const pods = simulated ? 'simulated' : nodes > 0 ? 'both' : 'real'
    const simulatedNodes = simulated ? Math.max(1, nodes) : nodes
    const wishes = BedOptions.partial().parse({ name, pods, network, flux: flux ?? false, simulatedNodes })
    if (!running) announce(programsOf(bedPrograms(pods, network)))
    const bed = running ?? (await startBed({ ...wishes, lives: 'on', onProgress }, asked.signal))
    process.stdout.write(`${bed.kubeconfig}\n`)
  })

program
  .command('down')
  .description('End a bed and remove all of it.')
  .addOption(nameOption())
  .option('--all', 'every bed of this person')
  .action(async ({ name, all }) => {
    const names = all ? (await listRecords()).map((record) => record.name) : [name]
    for (const each of names) await endBed(each, asked.signal)
  })

program
  .command('status')
  .description('List the beds.')
  .action(async () => {
    for (const { name, state, keeper, facts } of await listRecords())
      process.stdout.write(
        `${name}\t${isRunning(keeper) ? state : 'left behind'}\t${facts ? `${facts.pods}\t${facts.kubeconfig}` : ''}\n`,
      )
  })

program
  .command('build')
  .description('Build what beds need, once, into the cache folder.')
  .option('--simulated', 'only what simulated beds need')
  .action(async ({ simulated }) => {
    const pods = simulated ? 'simulated' : 'real'
    announce(programsOf(simulated ? bedPrograms(pods) : undefined))
    await build(simulated ? bedPrograms(pods) : undefined, { onProgress, signal: asked.signal })
    say(missingPrograms(bedPrograms(pods)).length === 0 ? 'All programs are built.' : 'Some programs are missing.')
    const missing = missingParts(pods)
    if (missing.length > 0) say(sayMissing(missing))
  })

try {
  await program.parseAsync()
} catch (error) {
  say(explain(error))
  process.exitCode = 1
}
