import { resolve } from 'node:path'
import { ORPCError } from '@orpc/client'
import type { Plan, PlanStep } from '../../preload/contract/install.ts'
import type { Operation, StepProgress } from '../../preload/contract/operations.ts'
import type { Plane } from '../../preload/contract/planes.ts'
import { Problem } from '../../preload/contract/problem.ts'
import { demandedLosses } from '../../preload/demanded-losses.ts'
import { systemReason, writeAtomically } from '../lib/files.ts'
import type { Client } from '../router.ts'
import {
  type Command,
  type ExitCode,
  formOf,
  kubeconfigOptions,
  type OptionSpec,
  type OptionValues,
  outputOption,
  type Terminal,
  text,
  texts,
} from './command.ts'
import { confirm, readText } from './input.ts'
import { LiveLines } from './live-lines.ts'
import { planDiff } from './plan-diff.ts'
import { existingPlane, openVault, planeOf, planeOptions } from './plane.ts'
import { preflight } from './preflight.ts'
import { printJson, printJsonLine, printMessage, printTable } from './print.ts'
import { installedPlane } from './reach.ts'
import { operationLines } from './step-lines.ts'

const agreement: readonly OptionSpec[] = [
  { flags: '--yes', help: 'do not ask before changing the cluster; losses are asked for nevertheless' },
  {
    flags: '--accept-loss <id>',
    help: 'accept a loss, or take a way out, that the plan names, such as claim:NAMESPACE/NAME; once for each',
    repeatable: true,
  },
]

export const planCommand: Command = {
  name: 'plan',
  summary: 'show what an install would do; changes nothing',
  options: [
    ...planeOptions,
    { flags: '--uninstall', help: 'show what an uninstall would do' },
    { flags: '--save <file>', help: 'save the plan to a file, for "hangar apply"' },
    outputOption(['table', 'json', 'diff']),
  ],
  async run(terminal, _args, options, signal) {
    const client = await terminal.client()
    const plane = await planeOf(terminal, options, signal)
    const action = options.uninstall === true ? 'uninstall' : 'install'
    const file = text(options, 'save')
    const plan =
      file === undefined
        ? await client.install.plan({ planeId: plane.id, action }, { signal })
        : await savePlan(client, { planeId: plane.id, action }, file, signal)
    if (formOf(options) === 'json') printJson(terminal, plan)
    else if (formOf(options) === 'diff') terminal.stdout.write(planDiff(plan))
    else printPlan(terminal, plan)
    return 0
  },
}

async function savePlan(
  client: Client,
  request: { readonly planeId: string; readonly action: Plan['action'] },
  file: string,
  signal: AbortSignal,
): Promise<Plan> {
  const { plan, text: content } = await client.install.savePlan(request, { signal })
  await writeAtomically(resolve(file), content).catch((error: unknown) => {
    const reason = systemReason(error)
    throw reason === undefined ? error : new Problem('INPUT_INVALID', `The plan cannot be saved to ${file}: ${reason}.`)
  })
  return plan
}

export const applyCommand: Command = {
  name: 'apply',
  usage: '<file>',
  summary: 'apply a plan that "hangar plan --save" saved, if nothing has changed since',
  options: [
    { flags: '--plane <name>', help: 'the plane that the plan must be for' },
    ...kubeconfigOptions,
    { flags: '--passphrase-file <file>', help: 'file with the vault’s passphrase, for a computer without a keychain' },
    ...agreement,
    outputOption(['table', 'json', 'ndjson']),
  ],
  async run(terminal, [file = ''], options, signal) {
    const client = await terminal.client()
    const content = await readText(file)
    const named = text(options, 'plane') === undefined ? undefined : await existingPlane(terminal, options)
    const open = () => client.install.openPlan({ text: content, planeId: named?.id }, { signal })
    // Which plane it is for is known once the file is verified; its overrides may be in the vault.
    const plan = await open().catch(async (error: unknown) => {
      if (!(error instanceof ORPCError) || error.code !== 'VAULT_LOCKED') throw error
      await openVault(terminal, options, signal)
      return open()
    })
    const plane = await client.planes.get({ planeId: plan.planeId ?? '' })
    if (plan.action === 'install' && (await usesVault(terminal, plane))) await openVault(terminal, options, signal)
    return carryOut(terminal, plane, plan, options, signal)
  },
}

export const installCommand: Command = {
  name: 'install',
  summary: 'install a plane: preflight, plan, then step by step',
  options: [...planeOptions, ...agreement, outputOption(['table', 'json', 'ndjson'])],
  async run(terminal, _args, options, signal) {
    const plane = await planeOf(terminal, options, signal)
    if (await usesVault(terminal, plane)) await openVault(terminal, options, signal)
    const report = await preflight(terminal, { planeId: plane.id }, 'table', signal)
    const failed = report.results.filter(({ verdict }) => verdict === 'fail')
    for (const { title, message, hint } of failed) printMessage(terminal, `✗ ${title}: ${message} ${hint}`)
    if (failed.some(({ strict }) => strict)) return 1
    return act(terminal, plane, 'install', options, signal)
  },
}

export const uninstallCommand: Command = {
  name: 'uninstall',
  summary: 'remove a plane from its cluster',
  options: [...planeOptions, ...agreement, outputOption(['table', 'json', 'ndjson'])],
  async run(terminal, _args, options, signal) {
    const plane = await installedPlane(terminal, options, signal)
    if (plane.overridden.length > 0) await openVault(terminal, options, signal)
    return act(terminal, plane, 'uninstall', options, signal)
  },
}

export const resumeCommand: Command = {
  name: 'resume',
  usage: '[operation]',
  summary: 'resume an interrupted or failed operation',
  options: [
    { flags: '--passphrase-file <file>', help: 'file with the vault’s passphrase, for a computer without a keychain' },
    outputOption(['table', 'json', 'ndjson']),
  ],
  async run(terminal, [id], options, signal) {
    const client = await terminal.client()
    const resumable = (await client.operations.list()).filter(({ offers }) => offers.includes('resume'))
    const matching = id === undefined ? resumable : resumable.filter((each) => each.id === id)
    const [operation, second] = matching
    if (operation === undefined) throw new Problem('OPERATION_UNKNOWN', 'There is nothing to resume.')
    if (second !== undefined) {
      throw new Problem(
        'INPUT_INVALID',
        `Several operations can be resumed: ${matching.map((each) => `${each.id} (${each.title})`).join(', ')}.`,
      )
    }
    const plane = await client.planes.get({ planeId: operation.planeId })
    if (await usesVault(terminal, plane)) await openVault(terminal, options, signal)
    printMessage(terminal, resumeLine(operation))
    return finish(terminal, await client.operations.resume({ operationId: operation.id }), options, signal)
  },
}

/** Pure: where an operation stopped. What ran then is unknown until the cluster was read; several steps can have run. */
export function resumeLine({
  title,
  done,
  total,
  steps,
}: Pick<Operation, 'title' | 'done' | 'total' | 'steps'>): string {
  const unknown = steps.filter(({ state }) => state === 'running').map((step) => `"${step.title}"`)
  const ran = `${title}: ${done} of ${total ?? '?'} steps were done.`
  return unknown.length === 0
    ? ran
    : `${ran} Interrupted while it ran, so the cluster is read first: ${unknown.join(', ')}.`
}

const updating = new Set<PlanStep['kind']>(['helm-upgrade', 'helm-repair'])

/** A plane without credentials and overrides has nothing in the vault. */
async function usesVault(terminal: Terminal, { overridden, profile }: Plane): Promise<boolean> {
  if (overridden.length > 0) return true
  const client = await terminal.client()
  // A profile that cannot be read now may have been approved with credentials.
  const read = await client.profiles.get({ name: profile }).catch(() => undefined)
  return read === undefined || read.credentials.length > 0
}

async function act(
  terminal: Terminal,
  plane: Plane,
  action: Plan['action'],
  options: OptionValues,
  signal: AbortSignal,
): Promise<ExitCode> {
  const client = await terminal.client()
  const plan = await client.install.plan({ planeId: plane.id, action }, { signal })
  return carryOut(terminal, plane, plan, options, signal)
}

/** Asks for consent and starts the plan. */
async function carryOut(
  terminal: Terminal,
  plane: Plane,
  plan: Plan,
  options: OptionValues,
  signal: AbortSignal,
): Promise<ExitCode> {
  const client = await terminal.client()
  const { action } = plan
  const isIdle = plan.steps.every(({ kind }) => kind === 'keep')
  if (isIdle) printMessage(terminal, `Nothing to do: ${plan.context} has everything as planned.`)
  else if (plan.steps.some(({ kind }) => updating.has(kind))) printMessage(terminal, 'This updates an installed plane.')
  if (options.yes !== true && !isIdle) {
    for (const { title, after } of plan.steps) printMessage(terminal, `  ${title}: ${after}`)
    const agreed = await confirm(terminal, `${action} "${plane.name}" on ${plan.context}?`, signal)
    if (!agreed) throw new Problem('INPUT_INVALID', 'Nothing was changed. Answer yes, or use --yes.')
  }
  const { losses: acceptedLosses, kept } = await acceptLosses(terminal, plan, texts(options, 'acceptLoss'), signal)
  const ways = await chooseWays(terminal, plan, options, signal)
  const request = {
    planeId: plane.id,
    action,
    digest: plan.digest,
    acceptedLosses: [...acceptedLosses, ...kept, ...ways],
  }
  const operation = await client.install.start(request, { signal })
  return finish(terminal, operation, options, signal)
}

/**
 * Asks for each loss that `--accept-loss` does not name. Where a release can stay instead, that is asked once its loss is declined.
 * `kept`: the ids of such ways out. Throws LOSS_NOT_ACCEPTED, with the ids that are missing.
 */
async function acceptLosses(
  terminal: Terminal,
  plan: Plan,
  given: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly losses: string[]; readonly kept: string[] }> {
  const keeping = plan.ways.filter(({ kind }) => kind === 'keep')
  const kept = keeping.filter(({ id }) => given.includes(id)).map(({ id }) => id)
  const missing = []
  for (const loss of plan.losses) {
    if (given.includes(loss.id) || !demandedLosses(plan, kept).includes(loss)) continue
    if (await confirm(terminal, `${loss.message} Accept?`, signal)) continue
    const way = keeping.find(({ step }) => step === loss.step)
    if (way !== undefined && (await confirm(terminal, `${way.message} Do it?`, signal))) kept.push(way.id)
    else missing.push(loss)
  }
  if (missing.length > 0) {
    for (const { id, message, step } of missing) {
      const way = keeping.find((each) => each.step === step)
      const instead = way === undefined ? '' : `, or keep the release with --accept-loss ${way.id}`
      printMessage(terminal, `${message} Accept it with --accept-loss ${id}${instead}`)
    }
    throw new Problem('LOSS_NOT_ACCEPTED', 'Nothing was changed. Accept each loss that the plan names.')
  }
  return { losses: demandedLosses(plan, kept).map(({ id }) => id), kept }
}

/** The ways out that `--accept-loss` names, and of the others those that the user chooses. */
async function chooseWays(
  terminal: Terminal,
  { ways }: Plan,
  options: OptionValues,
  signal: AbortSignal,
): Promise<string[]> {
  const given = texts(options, 'acceptLoss')
  const chosen = []
  for (const { id, message } of ways.filter(({ kind }) => kind !== 'keep')) {
    const isChosen =
      given.includes(id) || (options.yes !== true && (await confirm(terminal, `${message} Do it?`, signal)))
    if (isChosen) chosen.push(id)
  }
  return chosen
}

/** After a failure: the ways out of the state that it left, each as a command. A plan that fails too is not reported. */
async function printWays(terminal: Terminal, { planeId, kind }: Operation, signal: AbortSignal): Promise<void> {
  if (kind === 'collect' || signal.aborted) return
  const client = await terminal.client()
  const [plan, plane] = await Promise.all([
    client.install.plan({ planeId, action: kind }, { signal }).catch(() => undefined),
    client.planes.get({ planeId }).catch(() => undefined),
  ])
  if (plan === undefined || plane === undefined) return
  for (const line of wayLines(plan, plane.name)) printMessage(terminal, line)
}

/** As the contract accepts it. A name of the cluster with other characters must not become part of a command. */
const plainId = /^[a-z]+:[\w./:-]{1,600}$/

/** Pure: each way out of a plan, and each recovery that it asks for, with its command. */
export const wayLines = ({ action, ways, losses }: Pick<Plan, 'action' | 'ways' | 'losses'>, plane: string): string[] =>
  [...ways, ...losses.filter(({ kind }) => recoveryKinds.has(kind))]
    .filter(({ id }) => plainId.test(id))
    .map(({ id, message }) => `Way out: ${message}\n  hangar ${action} --plane ${plane} --accept-loss ${id}`)

const recoveryKinds = new Set<Plan['losses'][number]['kind']>(['recovery', 'kinds', 'overwrite', 'recreate'])

/** Shows an operation until it ends. Ctrl-C cancels it and waits for its final state. */
async function finish(
  terminal: Terminal,
  { id, steps }: Operation,
  options: OptionValues,
  signal: AbortSignal,
): Promise<ExitCode> {
  const { operations } = await terminal.app()
  signal.addEventListener('abort', () => void operations.cancel(id))
  const progress = new ProgressPrinter(terminal, steps)
  const stop = new AbortController()
  const ended = operations.ended(id).finally(() => stop.abort())
  for await (const { operations: all } of operations.watch(stop.signal)) {
    const now = all.find((each) => each.id === id)
    if (now === undefined) continue
    if (formOf(options) === 'ndjson') printJsonLine(terminal, now)
    else progress.print(now)
  }
  const operation = await ended
  progress.print(operation)
  if (operation.problem !== undefined) {
    const { code, message, hint, evidence } = operation.problem
    // A step that failed has printed its cause.
    const cause = operation.steps.some((step) => step.state === 'failed' && step.message === message)
      ? ''
      : `: ${message}`
    printMessage(terminal, `✗ ${code}${cause}\n  ${hint}${evidence === '' ? '' : `\n  ${evidence}`}`)
  }
  if (operation.state === 'failed') await printWays(terminal, operation, signal)
  if (canContinue(operation)) printMessage(terminal, 'Continue it with "hangar resume".')
  if (formOf(options) === 'json') printJson(terminal, { schemaVersion: 1, operation })
  if (formOf(options) === 'ndjson') printJsonLine(terminal, operation)
  return operation.state === 'done' ? 0 : 1
}

/** Whether an operation that has ended can be continued, such as one that Ctrl-C has stopped. Pure. */
export const canContinue = ({ state, offers }: Pick<Operation, 'state' | 'offers'>): boolean =>
  state !== 'done' && offers.includes('resume')

/** Prints what changes of the steps: on a terminal those that run as blocks that are replaced, elsewhere each change as a line. */
class ProgressPrinter {
  readonly #terminal: Terminal
  readonly #live: LiveLines
  readonly #printed: Map<string, string>

  /** `before`: the steps as they were. Those that had ended are not printed again. */
  constructor(terminal: Terminal, before: Operation['steps']) {
    this.#terminal = terminal
    this.#live = new LiveLines(terminal)
    this.#printed = new Map(
      before.filter(({ state }) => state === 'done' || state === 'skipped').map((step) => [step.id, stepLine(step)]),
    )
  }

  print(operation: Operation): void {
    const steps = operation.steps.filter(
      ({ state }) => state !== 'pending' && !(state === 'running' && this.#live.isSupported),
    )
    const lines = steps.filter((step) => this.#printed.get(step.id) !== stepLine(step))
    if (lines.length > 0) this.#live.clear()
    for (const step of lines) {
      this.#printed.set(step.id, stepLine(step))
      printMessage(this.#terminal, stepLine(step))
    }
    this.#live.show(operation.state === 'running' ? operationLines(operation, Date.now()) : [])
  }
}

/** Pure: a step with what it waits on, on one line. */
function stepLine({ title, state, message, waitingOn }: StepProgress): string {
  const waiting = waitingOn.slice(0, 3).map(({ object, why }) => `${object.kind} ${object.name}: ${why}`)
  return [`${state}: ${title}`, message, ...waiting].filter(Boolean).join('; ')
}

function printPlan(terminal: Terminal, { steps, losses, ways, context, digest }: Plan): void {
  printMessage(terminal, `Plan ${digest.slice(0, 12)} for ${context}`)
  const rows = steps.map(({ title, before, after, objects, notes }) => [
    title,
    before,
    after,
    String(objects.length),
    notes.join(' '),
  ])
  printTable(terminal, ['STEP', 'NOW', 'THEN', 'OBJECTS', 'NOTES'], rows)
  const printed = [
    { head: ['ADOPTION', 'WHAT BECOMES A PART OF THE PLANE'], entries: losses.filter(({ kind }) => kind === 'adopt') },
    { head: ['LOSS', 'WHAT GOES'], entries: losses.filter(({ kind }) => kind !== 'adopt') },
    { head: ['WAY OUT', 'WHAT IT DOES'], entries: ways },
  ]
  for (const { head, entries } of printed.filter((each) => each.entries.length > 0)) {
    terminal.stdout.write('\n')
    printTable(
      terminal,
      head,
      entries.map(({ id, message }) => [id, message]),
    )
  }
}
