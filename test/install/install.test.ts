import { execFileSync } from 'node:child_process'
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parse, stringify } from 'yaml'
import { applyObject } from '../../main/lib/kubernetes/apply.ts'
import { createObject, getObject, listObjects } from '../../main/lib/kubernetes/objects.ts'
import { recordKey } from '../../main/lib/signed-lines.ts'
import { readJournal } from '../../main/operations/journal.ts'
import type { Operation } from '../../preload/contract/operations.ts'
import type { Problem } from '../../preload/contract/problem.ts'
import { build } from '../bed/programs.ts'
import { skipReason } from '../bed/with-bed.ts'
import { hangar } from '../demo/hangar.ts'
import { createAuthority } from '../peers/authority.ts'
import { createPrograms } from '../peers/program.ts'
import { startRegistry } from '../peers/registry.ts'
import { exists, helm, revisions } from './cluster.ts'
import { useInstallBed } from './install-bed.ts'
import { pushImage, shellImage, startOpenRegistry, trustRegistry } from './kit-registries.ts'
import { chartsFolder, type InstallSetup, planeId, profileOf, runOperation, type TestHangar } from './setup.ts'

const reason = skipReason('real')
const limit = (seconds = 100) => AbortSignal.timeout(seconds * 1_000)

describe.skipIf(reason !== '')(`install on a real cluster ${reason}`, () => {
  const on = useInstallBed('install')
  let count = 0

  interface NamedSetup extends InstallSetup {
    readonly name: string
  }

  function newSetup(more: Partial<InstallSetup> & { readonly timeoutSeconds?: number } = {}): NamedSetup {
    count += 1
    const { timeoutSeconds = 60, ...rest } = more
    return { ...setupOf(`plane-${count}`, timeoutSeconds), ...rest }
  }

  function setupOf(name: string, timeoutSeconds: number): NamedSetup {
    const release = { name, namespace: name, chart: { path: 'small' }, timeoutSeconds }
    return { name, ...on.setup(name, profileOf(name, { releases: [release] })) }
  }

  async function begin({ install }: TestHangar, action: 'install' | 'uninstall' = 'install'): Promise<string> {
    const { digest } = await install.plan(planeId, action, limit())
    return (await install.start({ planeId, action, digest }, limit())).id
  }

  /** The first state of the operation that matches. */
  async function until(
    { operations }: TestHangar,
    id: string,
    matches: (operation: Operation) => boolean,
  ): Promise<Operation> {
    for await (const { operations: all } of operations.watch(limit())) {
      const operation = all.find((candidate) => candidate.id === id)
      if (operation && matches(operation)) return operation
      if (operation && operation.state !== 'running') throw new Error(`It ended: ${JSON.stringify(operation)}`)
    }
    throw new Error(`The operation ${id} never reached that state.`)
  }

  /** The process id of helm, once the journal has it. */
  async function untilHelm(hangar: TestHangar, setup: InstallSetup, id: string): Promise<number> {
    await until(hangar, id, ({ steps }) => steps.some((step) => step.message !== undefined && step.state === 'running'))
    for (;;) {
      limit().throwIfAborted()
      const { records } = await readJournal(join(setup.home, 'operations'), id, await recordKey(setup.home)())
      const pid = records.findLast(({ event }) => event === 'helm')?.data?.pid
      if (typeof pid === 'number') return pid
    }
  }

  const untilPending = async ({ client }: TestHangar, { name }: NamedSetup): Promise<void> => {
    const end = limit(20)
    while (!(await revisions(client, name, name)).at(-1)?.includes('pending')) end.throwIfAborted()
  }

  /** Nothing listens there, so that pulling fails at once. */
  const missingImage = (name: string) => `127.0.0.1:1/missing-${name}:1`
  const imagePullFails = (name: string) => ({ [name]: { image: missingImage(name) } })

  it('takes every image of a kit from the registry that it was pushed to', async () => {
    const life = new AbortController()
    const programs = createPrograms(life.signal)
    onTestFinished(async () => {
      life.abort()
      await programs.end()
    })
    const authority = createAuthority()
    const at = (name: string): string => join(on.folder, 'kit', name)
    await mkdir(at('profile'), { recursive: true })
    await cp(join(chartsFolder, 'small'), at('profile/small'), { recursive: true })
    await writeFile(at('ca.pem'), authority.certificate)
    await build(['registry'], {})
    const source = await startRegistry(
      { host: 'localhost', address: '127.0.0.1' },
      authority,
      at('source'),
      { real: true },
      programs,
    )
    const target = await startOpenRegistry(on.bed.hostAddress, authority, at('target'), programs)
    await trustRegistry(on.bed, target.host, authority)
    const digest = await pushImage(source, 'shell', '1', await shellImage(), limit())
    const release = { name: 'web', namespace: 'kit-web', chart: { path: 'small' }, timeoutSeconds: 90 }
    const values = { image: `localhost:${source.port}/shell:1` }
    await writeFile(at('profile/profile.yaml'), stringify(profileOf('web', { releases: [{ ...release, values }] })))
    const auths = { [`localhost:${source.port}`]: { username: source.username, password: source.password } }
    await writeFile(at('logins.json'), JSON.stringify({ auths }), { mode: 0o600 })
    const environment = {
      HANGAR_HOME: at('home'),
      KUBECONFIG: on.bed.kubeconfig,
      DBUS_SESSION_BUS_ADDRESS: 'disabled:',
    }
    const run = async (...args: string[]): Promise<void> => {
      const { code, stderr } = await hangar(args, environment, limit())
      expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) })
    }
    const registry = ['--ca', at('ca.pem'), '--registry-config', at('logins.json')]
    const key = ['--key', at('team.pub')]

    await run('kit', 'key', at('team'))
    const from = ['--profile', at('profile/profile.yaml'), '--key', at('team')]
    await run('kit', 'build', ...from, '--file', at('web.kit'), ...registry)
    // From here on there is only the cluster and one registry.
    await source.stop()
    await run('kit', 'push', target.host, at('web.kit'), ...key, ...registry)
    await run('kit', 'import', target.host, at('web.kit'), ...key)
    await run('install', '--profile', 'web-kit', '--yes')

    const { client } = await on.open({ ...on.setup('kit-reader', profileOf('web-kit', { releases: [] })) })
    const pods = await listObjects(client, { apiVersion: 'v1', kind: 'Pod' }, { namespace: 'kit-web' }, limit())
    const containers = pods.flatMap(({ spec, status }) => [
      ...Object(spec).containers.map(({ image }: { image: string }) => image),
      ...Object(status).containerStatuses.map(({ imageID }: { imageID: string }) => imageID),
    ])
    expect(containers).toEqual([`${target.host}/shell:1@${digest}`, `${target.host}/shell@${digest}`])
  }, 280_000)

  it('installs, then plans no change, and leaves nothing after an uninstall', async () => {
    const setup = newSetup()
    const hangar = await on.open(setup)

    const installed = await runOperation(hangar, 'install', limit())
    const again = await hangar.install.plan(planeId, 'install', limit())
    const repeated = await runOperation(hangar, 'install', limit())
    const after = await revisions(hangar.client, setup.name, setup.name)
    const removed = await runOperation(hangar, 'uninstall', limit())

    expect(installed).toMatchObject({ state: 'done', done: 3 })
    expect(again.steps.map(({ kind }) => kind)).toEqual(['keep'])
    expect(repeated.state).toBe('done')
    expect(after).toEqual(['1 deployed'])
    expect(removed).toMatchObject({ state: 'done' })
    expect(hangar.uninstalledCount()).toBe(1)
    expect(await exists(hangar.client, 'Namespace', setup.name)).toBe(false)
  })

  it('verifies workloads, and not Jobs that helm or Kubernetes deletes once they have succeeded', async () => {
    const { name, ...rest } = newSetup()
    const release = { name, namespace: name, chart: { path: 'hooked' }, timeoutSeconds: 60 }
    const hangar = await on.open({ ...rest, profile: profileOf(name, { releases: [release] }) })

    const installed = await runOperation(hangar, 'install', limit())

    expect(installed.problem).toBeUndefined()
    expect(installed.state).toBe('done')
  })

  // Helm rejects the whole kubeconfig for one entry that it cannot parse.
  it('installs beside a malformed entry in the same kubeconfig', async () => {
    const setup = newSetup()
    const kubeconfig = join(on.folder, `${setup.name}.kubeconfig`)
    const known = parse(await readFile(setup.kubeconfig, 'utf8'))
    const broken = { name: 'broken', user: { 'client-certificate-data': 'this is not base64' } }
    await writeFile(kubeconfig, stringify({ ...known, users: [...known.users, broken] }), { mode: 0o600 })

    const installed = await runOperation(await on.open({ ...setup, kubeconfig }), 'install', limit())

    expect(installed.problem).toBeUndefined()
    expect(filesWith(setup.home, known.users[0].user['client-key-data'].slice(0, 40))).toBe('')
  })

  it('shows what it waits for, fails with the cause, and resumes once the cause is fixed', async () => {
    const { name, ...rest } = newSetup({ timeoutSeconds: 12 })
    const hangar = await on.open({ ...rest, overrides: imagePullFails(name) })
    const id = await begin(hangar)

    // An event of the pod says "Pulling" before its container says why that failed.
    const waiting = await until(hangar, id, ({ steps }) =>
      steps.some(
        ({ waitingOn, objects }) =>
          waitingOn.some(({ why }) => /pull/i.test(why)) && objects?.some(({ reason }) => /pull/i.test(reason)),
      ),
    )
    const failed = await hangar.operations.ended(id, limit())
    const left = await revisions(hangar.client, name, name)
    await on.bed.importImage(missingImage(name), [
      { path: 'bin/busybox', source: '/bin/busybox' },
      { path: 'bin/sh', link: 'busybox' },
      { path: 'bin/sleep', link: 'busybox' },
    ])
    await hangar.operations.resume(id)
    const resumed = await hangar.operations.ended(id, limit())

    expect(waiting.steps.find(({ state }) => state === 'running')?.waitingOn[0]?.object).toMatchObject({
      kind: 'Deployment',
      name,
    })
    expect(waiting.steps.find(({ state }) => state === 'running')?.objects).toMatchObject([
      { object: { kind: 'Deployment', name }, depth: 0, health: 'progressing' },
      { object: { kind: 'Pod' }, depth: 1, health: 'degraded', reason: expect.stringMatching(/pull/i) },
    ])
    expect(failed).toMatchObject({
      state: 'failed',
      problem: { code: 'STEP_TIMED_OUT' },
      offers: expect.arrayContaining(['resume']),
    })
    expect(failed.problem?.message).toMatch(/not ready within 12 s: Deployment .*pull/i)
    expect(left).toEqual(['1 failed'])
    expect(resumed.problem).toBeUndefined()
    expect((await revisions(hangar.client, name, name)).at(-1)).toBe('2 deployed')
  })

  it('recovers a release whose helm was killed, at once and with one revision', async () => {
    const { name, ...rest } = newSetup()
    const setup = { ...rest, name, overrides: imagePullFails(name) }
    const hangar = await on.open(setup)
    const id = await begin(hangar)
    const pid = await untilHelm(hangar, setup, id)
    await untilPending(hangar, setup)
    process.kill(pid, 'SIGKILL')
    const failed = await hangar.operations.ended(id, limit())
    const stuck = await revisions(hangar.client, name, name)
    // Another Hangar of the same user, without a record of that operation, with values that can succeed.
    const other = await on.open({ ...rest, home: `${rest.home}-other` })

    const plan = await other.install.plan(planeId, 'install', limit())
    const unasked = other.install.start({ planeId, action: 'install', digest: plan.digest }, limit())
    await expect(unasked).rejects.toMatchObject({ code: 'LOSS_NOT_ACCEPTED', evidence: `recover:${name}` })
    const began = Date.now()
    const recovered = await runOperation(other, 'install', limit())

    expect(failed).toMatchObject({ state: 'failed', problem: { code: 'HELM_FAILED' } })
    expect(stuck).toEqual(['1 pending-install'])
    expect(plan.steps.map(({ kind }) => kind)).toEqual(['helm-recover', 'verify'])
    expect(recovered.problem).toBeUndefined()
    expect(Date.now() - began).toBeLessThan(30_000)
    expect(await revisions(other.client, name, name)).toEqual(['1 deployed'])
  })

  it('recovers an upgrade whose helm was killed, from the last good revision', async () => {
    const { name, ...rest } = newSetup()
    expect(await runOperation(await on.open(rest), 'install', limit())).toMatchObject({ state: 'done' })
    const broken = { ...rest, name, overrides: imagePullFails(name) }
    const upgrading = await on.open(broken)
    const id = await begin(upgrading)
    const pid = await untilHelm(upgrading, broken, id)
    await untilPending(upgrading, broken)
    process.kill(pid, 'SIGKILL')
    await upgrading.operations.ended(id, limit())
    expect((await revisions(upgrading.client, name, name)).at(-1)).toBe('2 pending-upgrade')

    const changed = await on.open({ ...rest, home: `${rest.home}-other`, overrides: { [name]: { greeting: 'again' } } })
    const recovered = await runOperation(changed, 'install', limit())

    expect(recovered.problem).toBeUndefined()
    expect((await revisions(changed.client, name, name)).slice(-2)).toEqual(['3 superseded', '4 deployed'])
    const words = await getObject(
      changed.client,
      { apiVersion: 'v1', kind: 'ConfigMap' },
      { namespace: name, name: `${name}-words` },
      limit(),
    )
    expect(words?.data).toEqual({ greeting: 'again' })
  })

  it('recovers an upgrade over a failed install, which has no good revision to roll back to', async () => {
    const { name, ...rest } = newSetup({ timeoutSeconds: 10 })
    const broken = await on.open({ ...rest, overrides: imagePullFails(name) })
    expect(await runOperation(broken, 'install', limit())).toMatchObject({ problem: { code: 'STEP_TIMED_OUT' } })
    const slower = { ...setupOf(name, 60), home: `${rest.home}-slower`, overrides: imagePullFails(name) }
    const upgrading = await on.open(slower)
    const id = await begin(upgrading)
    const pid = await untilHelm(upgrading, slower, id)
    await untilPending(upgrading, { ...slower, name })
    process.kill(pid, 'SIGKILL')
    await upgrading.operations.ended(id, limit())
    expect(await revisions(upgrading.client, name, name)).toEqual(['1 failed', '2 pending-upgrade'])

    const fixed = await on.open({ ...setupOf(name, 60), home: `${rest.home}-fixed` })
    const recovered = await runOperation(fixed, 'install', limit())

    expect(recovered.problem).toBeUndefined()
    expect(await revisions(fixed.client, name, name)).toEqual(['1 failed', '2 superseded', '3 deployed'])
  })

  it('records a cancelled release as failed, and releases the lease', async () => {
    const { name, ...rest } = newSetup()
    const hangar = await on.open({ ...rest, overrides: imagePullFails(name) })
    const id = await begin(hangar)
    await until(hangar, id, ({ steps }) => steps.some(({ waitingOn }) => waitingOn.length > 0))

    await hangar.operations.cancel(id)

    expect(await hangar.operations.ended(id, limit())).toMatchObject({
      state: 'cancelled',
      problem: { code: 'CANCELLED', message: expect.stringContaining(`Release ${name} is failed, revision 1.`) },
      steps: expect.arrayContaining([
        expect.objectContaining({ state: 'failed', message: expect.stringContaining('is failed, revision 1.') }),
      ]),
    })
    expect(await revisions(hangar.client, name, name)).toEqual(['1 failed'])
    expect(await exists(hangar.client, 'Lease', 'hangar-operation', name)).toBe(false)
  })

  it('adopts a release of another helm only with consent, and changes none of its objects by that', async () => {
    const setup = newSetup()
    const { name } = setup
    await helm(
      setup,
      'install',
      name,
      join(import.meta.dirname, 'charts/small'),
      '--namespace',
      name,
      '--create-namespace',
    )
    const hangar = await on.open(setup)

    const uninstall = await hangar.install.plan(planeId, 'uninstall', limit())
    expect(uninstall.steps.map(({ kind }) => kind)).toEqual(['keep', 'keep'])
    const plan = await hangar.install.plan(planeId, 'install', limit())
    const { digest, losses } = plan
    expect(losses.map(({ id }) => id)).toEqual([`adopt:${name}`])
    await expect(hangar.install.start({ planeId, action: 'install', digest }, limit())).rejects.toMatchObject({
      code: 'LOSS_NOT_ACCEPTED',
    })
    expect(await preflightOf(hangar)).toMatchObject({ 'release.exists': { verdict: 'warn', strict: true } })
    expect(await revisions(hangar.client, name, name)).toEqual(['1 deployed'])

    const uidOf = async () =>
      (
        await getObject(
          hangar.client,
          { apiVersion: 'apps/v1', kind: 'Deployment' },
          { namespace: name, name },
          limit(),
        )
      )?.metadata
    const before = await uidOf()
    expect(await runOperation(hangar, 'install', limit())).toMatchObject({ state: 'done' })
    const after = await uidOf()
    expect([after?.uid, after?.generation]).toEqual([before?.uid, before?.generation])
    expect(await revisions(hangar.client, name, name)).toEqual(['1 superseded', '2 deployed'])
    const again = await hangar.install.plan(planeId, 'install', limit())
    expect(again.steps.map(({ kind }) => kind)).toEqual(['keep'])
  })

  it('keeps a namespace that holds foreign objects, and names them', async () => {
    const setup = newSetup()
    const { name } = setup
    const hangar = await on.open(setup)
    await runOperation(hangar, 'install', limit())
    const foreign = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'theirs', namespace: name }, data: {} }
    await createObject(hangar.client, foreign, limit())

    const removed = await runOperation(hangar, 'uninstall', limit())

    expect(removed).toMatchObject({ state: 'done' })
    expect(removed.steps.at(-1)).toMatchObject({ state: 'skipped', message: 'Kept: it holds ConfigMap theirs.' })
    expect(await exists(hangar.client, 'ConfigMap', 'theirs', name)).toBe(true)
    expect(await exists(hangar.client, 'Deployment', name, name)).toBe(false)
  })

  it('starts only the plan that was shown', async () => {
    const setup = newSetup()
    const hangar = await on.open(setup)
    const { digest } = await hangar.install.plan(planeId, 'install', limit())
    const changed = await on.open({ ...setup, overrides: { [setup.name]: { greeting: 'changed' } } })

    const started = changed.install.start({ planeId, action: 'install', digest }, limit())

    await expect(started).rejects.toMatchObject({ code: 'PLAN_STALE' })
    expect(await exists(hangar.client, 'Namespace', setup.name)).toBe(false)
  })

  it('applies a saved plan to what it was saved for, and otherwise names what has changed', async () => {
    const charts = join(on.folder, 'saved-charts')
    await cp(join(import.meta.dirname, 'charts'), charts, { recursive: true })
    const setup = { ...newSetup(), charts }
    const { name } = setup
    expect(await runOperation(await on.open(setup), 'install', limit())).toMatchObject({ state: 'done' })
    const hangar = await on.open({ ...setup, overrides: { [name]: { greeting: 'second' } } })
    const { text } = await hangar.install.savePlan(planeId, 'install', limit())
    const refusal = (by: TestHangar) =>
      by.install.openPlan({ text }, limit()).then(
        () => 'none',
        ({ code, evidence }: Problem) => `${code} ${evidence}`,
      )

    expect(await refusal(await on.open({ ...setup, home: `${setup.home}-other` }))).toContain('PLAN_FILE_CHANGED')
    expect(await refusal(await on.open({ ...setup, profile: { ...setup.profile, title: 'other' } }))).toContain(
      'PLAN_PROFILE_CHANGED',
    )
    expect(await refusal(await on.open({ ...setup, overrides: { [name]: { greeting: 'third' } } }))).toContain(
      `PLAN_STALE content[${name}]`,
    )
    await writeFile(join(charts, 'small', 'README.md'), 'Another chart.')
    expect(await refusal(hangar)).toContain(`PLAN_CHART_CHANGED ${name}: saved `)
    await rm(join(charts, 'small', 'README.md'))
    expect(await refusal(hangar)).toBe('none')
    const words = `/api/v1/namespaces/${name}/configmaps/${name}-words`
    const byHand = { body: { data: { greeting: 'by hand' } }, contentType: 'application/merge-patch+json' }
    await hangar.client.request('PATCH', words, byHand, limit())
    const edited = await refusal(hangar)
    expect(edited).toMatch(/^PLAN_STALE /)
    expect(edited).toContain('fields[data.greeting]')
    expect(edited).not.toContain('by hand')

    const saved = await hangar.install.savePlan(planeId, 'install', limit())
    const { digest, losses } = await hangar.install.openPlan(saved, limit())
    const start = (acceptedLosses: readonly string[]) =>
      hangar.install.start({ planeId, action: 'install', digest, acceptedLosses }, limit())
    await expect(start([])).rejects.toMatchObject({ code: 'LOSS_NOT_ACCEPTED' })
    const { id } = await start(losses.map((loss) => loss.id))
    expect(await hangar.operations.ended(id, limit())).toMatchObject({ state: 'done' })
    expect((await revisions(hangar.client, name, name)).at(-1)).toBe('2 deployed')
    await expect(hangar.install.openPlan(saved, limit())).rejects.toMatchObject({ code: 'PLAN_STALE' })
  })

  it('does not run while another Hangar holds the lease, and names its holder', async () => {
    const setup = newSetup()
    const { name } = setup
    const hangar = await on.open(setup)
    await runOperation(hangar, 'install', limit())
    const now = new Date().toISOString().replace('Z', '000Z')
    const spec = { holderIdentity: 'ana@elsewhere/77.1/x', leaseDurationSeconds: 30, acquireTime: now, renewTime: now }
    const metadata = { name: 'hangar-operation', namespace: name }
    await applyObject(
      hangar.client,
      { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec },
      {},
      limit(),
    )
    const changed = await on.open({ ...setup, overrides: { [name]: { greeting: 'changed' } } })

    await expect(runOperation(changed, 'install', limit())).rejects.toMatchObject({
      code: 'OPERATION_RUNNING',
      message: `ana@elsewhere has been working on this plane since ${now}.`,
    })
    expect(await changed.operations.list()).toHaveLength(1)
    expect(await revisions(hangar.client, name, name)).toEqual(['1 deployed'])
  })

  it('writes credentials into Secrets, and nowhere else', async () => {
    const canary = 'canary-8c1f0e6b2d'
    const { name, ...rest } = newSetup()
    const release = { name, namespace: name, chart: { path: 'small' } }
    const credentials = [
      {
        id: 'key',
        title: 'Key',
        secret: { name: 'key', namespaces: [name] },
        keys: [{ key: 'token', title: 'Token' }],
      },
    ]
    const setup = { ...rest, profile: profileOf(name, { releases: [release], credentials }) }
    const bare = await on.open(setup)
    const hangar = await on.open({ ...setup, secrets: { 'key/token': canary } })

    const without = await preflightOf(bare)
    await expect(runOperation(bare, 'install', limit())).rejects.toMatchObject({ code: 'CREDENTIAL_MISSING' })
    const installed = await runOperation(hangar, 'install', limit())

    expect(without).toMatchObject({ 'credentials.present': { verdict: 'fail', strict: true } })
    expect(installed.state).toBe('done')
    const secret = await getObject(
      hangar.client,
      { apiVersion: 'v1', kind: 'Secret' },
      { namespace: name, name: 'key' },
      limit(),
    )
    expect(secret?.data).toEqual({ token: Buffer.from(canary).toString('base64') })
    const forms = [canary, Buffer.from(canary).toString('base64')]
    for (const form of forms) expect(filesWith(setup.home, form)).toBe('')
    expect(JSON.stringify(await hangar.operations.list())).not.toContain(canary)
  })

  it('names the permission that the user lacks, and does not start', async () => {
    const setup = newSetup()
    const { name } = setup
    const admin = await on.open(setup)
    const limited = await on.open({ ...setup, ...(await limitedUser(admin, name)) })

    const results = await preflightOf(limited)

    expect(results).toMatchObject({
      'api.reach': { verdict: 'pass' },
      'rbac.create': { verdict: 'fail', strict: true },
      'node.ready': { verdict: 'unknown' },
      'node.pressure': { verdict: 'unknown' },
    })
    expect(results['rbac.create']?.message).toContain(`create deployments.apps in ${name}`)
    expect(results['rbac.create']?.evidence).not.toContain('configmaps')
    await expect(runOperation(limited, 'install', limit())).rejects.toMatchObject({
      code: expect.stringMatching(/PREFLIGHT_FAILED|CLUSTER_FORBIDDEN/),
    })
    expect(await exists(admin.client, 'Deployment', name, name)).toBe(false)
  })

  async function preflightOf({ install }: TestHangar) {
    for await (const event of install.preflight({ planeId }, limit())) {
      if (event.kind === 'finished')
        return Object.fromEntries(event.report.results.map((result) => [result.id, result]))
    }
    throw new Error('The preflight did not finish.')
  }

  /** A kubeconfig of a service account that is permitted only to read Secrets and to write ConfigMaps of one namespace. */
  async function limitedUser(
    { client }: TestHangar,
    namespace: string,
  ): Promise<Pick<InstallSetup, 'kubeconfig' | 'context'>> {
    const metadata = { name: 'weak', namespace }
    const rbac = 'rbac.authorization.k8s.io/v1'
    await createObject(client, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, limit())
    await createObject(client, { apiVersion: 'v1', kind: 'ServiceAccount', metadata }, limit())
    const rules = [
      { apiGroups: [''], resources: ['secrets', 'namespaces'], verbs: ['get', 'list'] },
      { apiGroups: [''], resources: ['configmaps'], verbs: ['*'] },
    ]
    await createObject(client, { apiVersion: rbac, kind: 'Role', metadata, rules }, limit())
    const subjects = [{ kind: 'ServiceAccount', name: 'weak', namespace }]
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'weak' }
    await createObject(client, { apiVersion: rbac, kind: 'RoleBinding', metadata, subjects, roleRef }, limit())
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/weak/token`
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3_600 } }
    const { status } = await client.request<{ status: { token: string } }>('POST', path, { body }, limit())
    const kubeconfig = join(on.folder, `${namespace}.kubeconfig`)
    const known = parse(await readFile(on.bed.kubeconfig, 'utf8'))
    const user = { name: 'weak', user: { token: status.token } }
    const context = { name: 'weak', context: { cluster: known.clusters[0].name, user: 'weak' } }
    await writeFile(
      kubeconfig,
      stringify({ ...known, users: [user], contexts: [context], 'current-context': 'weak' }),
      { mode: 0o600 },
    )
    return { kubeconfig, context: 'weak' }
  }
})

/** Names of the files that hold the text; grep reads them as bytes. */
function filesWith(folder: string, text: string): string {
  try {
    return execFileSync('grep', ['-rlaF', text, folder]).toString()
  } catch {
    return '' // grep exits with 1 where it finds none
  }
}
