import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { check, type PlaneRows } from '../../main/connectivity/check.ts'
import { checkEndpoints } from '../../main/connectivity/connectivity.ts'
import { Cleanup } from '../../main/connectivity/vantage/pod/cleanup.ts'
import { hostHash } from '../../main/connectivity/vantage/resolve/cluster.ts'
import { listVantages } from '../../main/connectivity/vantage/resolve/list-vantages.ts'
import { execInPod } from '../../main/lib/kubernetes/exec.ts'
import type { ConnectivityReport, VantageOutcome, VantageRequest } from '../../preload/contract/connectivity.ts'
import { EndpointList } from '../../preload/contract/profiles.ts'
import type { KubeObject, Manifest } from '../bed/api.ts'
import { baseTags } from '../bed/base-images.ts'
import { until } from '../bed/until.ts'
import { skipReason } from '../bed/with-bed.ts'
import { startHangar } from '../demo/hangar.ts'
import { startSetup, untilGone, userOf, type VantageSetup } from './setup.ts'

const missing = skipReason('real')
const signal = AbortSignal.timeout(280_000)

/** Verdict and cause by endpoint. */
const verdicts = ({ results }: ConnectivityReport): Record<string, string> =>
  Object.fromEntries(results.map(({ endpoint, verdict, cause }) => [endpoint, `${verdict} ${cause}`.trim()]))
const outcome = ({ vantages }: ConnectivityReport): VantageOutcome | undefined => vantages[0]

const restricted = { 'pod-security.kubernetes.io/enforce': 'restricted' }
const shellIn = (namespace: string, image: string, command: readonly string[]): Manifest => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'candidate', namespace },
  spec: {
    terminationGracePeriodSeconds: 0,
    securityContext: { runAsNonRoot: true, runAsUser: 65_532, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'main',
        image,
        imagePullPolicy: 'Never',
        command,
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      },
    ],
  },
})

/** A pod whose `sh` and `node` keep all that they are sent. */
function recorderIn(namespace: string, image: string): Manifest {
  const recorder = (program: string): string => `printf '#!/bin/sh\\n/bin/tee -a /record/all | ${program} "$@"\\n'`
  const script = [
    'touch /record/all',
    `${recorder('/bin/sh')} > /record/sh`,
    `${recorder('/bin/false')} > /record/node`,
    'chmod +x /record/sh /record/node',
    'sleep 3600',
  ].join('; ')
  const pod = shellIn(namespace, image, ['/bin/sh', '-c', script])
  const [container] = (pod.spec as { readonly containers: readonly object[] }).containers // made above
  return {
    ...pod,
    spec: {
      ...Object(pod.spec),
      volumes: [{ name: 'record', emptyDir: {} }],
      containers: [
        {
          ...container,
          env: [{ name: 'PATH', value: '/record:/bin:/usr/bin' }],
          volumeMounts: [{ name: 'record', mountPath: '/record' }],
        },
      ],
    },
  }
}

describe.skipIf(missing !== '')(`vantages in a real cluster${missing === '' ? '' : ` (${missing})`}`, () => {
  let setup: VantageSetup
  let folder: string

  const untilRuns = (namespace: string): Promise<unknown> =>
    until(
      'The exec candidate',
      async () => {
        const { status } = await setup.api.get(`/api/v1/namespaces/${namespace}/pods/candidate`, signal)
        return status?.phase === 'Running'
      },
      60_000,
      signal,
    )

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hangar-vantages-'))
    setup = await startSetup(signal)
  }, 200_000)
  afterAll(async () => {
    await setup?.close()
    await rm(folder, { recursive: true, force: true })
  })

  it('check from a pod that conforms to Pod Security "restricted", stream results, and leave nothing behind', async () => {
    await setup.namespace('strict', restricted)
    const { events, report, firstRowMs } = await setup.check(
      [{ kind: 'computer' }, { kind: 'pod', namespace: 'strict' }],
      setup.clusterAs(),
    )

    const fromPod = { ...report, results: report.results.filter(({ vantage }) => vantage.kind === 'pod') }
    expect(verdicts(fromPod)).toEqual({
      far: 'pass',
      closed: 'fail tcp.refused',
      kubernetes: 'pass',
      in: 'skipped',
      open: 'unknown config.missing',
    })
    // The bed's names resolve in the bed only, so this computer's results differ, and a finding says so.
    expect(
      verdicts({ ...report, results: report.results.filter(({ vantage }) => vantage.kind === 'computer') }),
    ).toMatchObject({
      far: 'fail dns.nxdomain',
      kubernetes: 'skipped',
    })
    expect(report.vantages.map(({ vantage, state }) => [vantage.kind, state])).toEqual([
      ['computer', 'ran'],
      ['pod', 'ran'],
    ])
    const [started] = events
    expect(started?.kind === 'started' && started.rows).toHaveLength(10)
    expect(events.some((event) => event.kind === 'waiting' && event.vantage.kind === 'pod')).toBe(true)
    expect(events.some((event) => event.kind === 'stage' && event.vantage.kind === 'pod')).toBe(true)
    const far = fromPod.results.find(({ endpoint }) => endpoint === 'far')
    expect(far?.facts).toMatchObject({ addresses: [setup.bed.hostAddress], destination: setup.bed.hostAddress })
    expect(far?.facts.source).toMatch(/^\d+\./)
    expect(firstRowMs).toBeLessThan(10_000)
    await untilGone(setup, signal)
  })

  it('check from the network of a node if the namespace admits it, and report vantage.admission otherwise', async () => {
    const { report } = await setup.check([{ kind: 'nodes' }], setup.clusterAs())
    expect(report.vantages).toMatchObject([{ vantage: { kind: 'node', name: 'node-1' }, state: 'ran' }])
    expect(verdicts(report)).toMatchObject({ far: 'pass', kubernetes: 'skipped' })
    const far = report.results.find(({ endpoint }) => endpoint === 'far')
    expect(far?.facts.source).toBe(setup.bed.nodeAddress)

    await setup.namespace('strict', restricted)
    await setup.namespace('default', restricted)
    await setup.namespace('kube-system', restricted)
    try {
      const refused = await setup.check([{ kind: 'node' }], setup.clusterAs({ namespaces: ['strict'] }))
      expect(outcome(refused.report)).toMatchObject({ state: 'failed', cause: 'vantage.admission' })
      expect(outcome(refused.report)?.message).toContain('hostNetwork')
      expect(verdicts(refused.report)).toMatchObject({ far: 'unknown vantage.admission', in: 'skipped' })
    } finally {
      const open = { metadata: { labels: { 'pod-security.kubernetes.io/enforce': null } } }
      await setup.api.patch('/api/v1/namespaces/default', open, signal)
      await setup.api.patch('/api/v1/namespaces/kube-system', open, signal)
    }
    await untilGone(setup, signal)
  })

  it('check as a component: with its service account and policy labels, and without traffic of a Service that selects by them', async () => {
    const namespace = 'plane'
    await setup.namespace(namespace, restricted)
    await setup.apply(
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'agent', namespace } },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'agent', namespace },
        spec: { selector: { app: 'agent', tier: 'edge' }, ports: [{ port: 80 }] },
      },
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'agent', namespace },
        spec: {
          replicas: 0,
          selector: { matchLabels: { app: 'agent' } },
          template: {
            metadata: { labels: { app: 'agent', tier: 'edge', zone: 'a' } },
            spec: {
              serviceAccountName: 'agent',
              containers: [
                { name: 'main', image: baseTags.node, env: [{ name: 'HTTPS_PROXY', value: 'http://127.0.0.1:9' }] },
              ],
            },
          },
        },
      },
    )
    await setup.api.create(
      `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`,
      {
        metadata: { name: 'edge', namespace },
        spec: { podSelector: { matchLabels: { tier: 'edge' } }, policyTypes: ['Egress'], egress: [{}] },
      },
      signal,
    )
    const components = [
      { id: 'agent', title: 'Agent', workloads: [{ kind: 'Deployment', namespace, name: 'agent' }] },
      { id: 'gateway', title: 'Gateway', workloads: [{ kind: 'Deployment', namespace, name: 'absent' }] },
    ]
    const cluster = setup.clusterAs({ namespaces: [namespace], components })
    const followPods = async <Checked>(
      run: () => Promise<Checked>,
    ): Promise<Checked & { readonly pods: KubeObject[] }> => {
      const pods: KubeObject[] = []
      const stop = new AbortController()
      const watching = (async () => {
        for await (const { object } of setup.api.follow(`/api/v1/namespaces/${namespace}/pods`, stop.signal))
          pods.push(object)
      })().catch(() => undefined)
      const checked = await run()
      stop.abort()
      await watching
      return { ...checked, pods }
    }

    const { report, pods: seen } = await followPods(() =>
      setup.check([{ kind: 'component', component: 'agent' }], cluster),
    )

    expect(seen[0]).toMatchObject({
      metadata: { labels: { tier: 'edge' } },
      spec: { serviceAccountName: 'agent', automountServiceAccountToken: false },
    })
    expect(JSON.stringify(seen[0]?.metadata)).not.toContain('"app":')
    expect(report.vantages).toMatchObject([
      { vantage: { kind: 'component', name: 'agent' }, state: 'ran', message: '' },
    ])
    // The proxy of the component's environment: an endpoint that uses it fails, one that does not passes.
    expect(verdicts(report)).toEqual({
      far: 'fail proxy.unreachable',
      closed: 'skipped',
      kubernetes: 'pass',
      in: 'skipped',
      open: 'unknown config.missing',
    })

    // Policy and Service select by the same labels: the probe has them, and is never ready.
    await setup.api.create(
      `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`,
      { metadata: { name: 'app', namespace }, spec: { podSelector: { matchLabels: { app: 'agent', tier: 'edge' } } } },
      signal,
    )
    const selected = await followPods(() => setup.check([{ kind: 'component', component: 'agent' }], cluster))
    expect(outcome(selected.report)).toMatchObject({ state: 'ran', message: '' })
    // The pod of the check before may still be there.
    const probes = selected.pods.filter(({ metadata }) => metadata.labels?.app === 'agent')
    expect(probes[0]?.metadata.labels).toMatchObject({ app: 'agent', tier: 'edge' })
    const ready = { type: 'Ready', status: 'True' }
    expect(probes.flatMap(({ status }) => status?.conditions)).not.toContainEqual(expect.objectContaining(ready))

    // This Service would send traffic to a pod that is not ready: without its label the policy treats the probe differently.
    await setup.api.patch(
      `/api/v1/namespaces/${namespace}/services/agent`,
      { spec: { publishNotReadyAddresses: true } },
      signal,
    )
    const less = await setup.check([{ kind: 'component', component: 'agent' }], cluster)
    expect(outcome(less.report)).toMatchObject({ state: 'limited', cause: 'vantage.limited' })
    expect(outcome(less.report)?.message).toMatch(/the Service agent selects pods by .*the network policy app/)
    expect(verdicts(less.report)).toMatchObject({
      far: 'fail proxy.unreachable',
      kubernetes: 'unknown vantage.limited',
    })

    const absent = await setup.check([{ kind: 'component', component: 'gateway' }], cluster)
    expect(outcome(absent.report)).toMatchObject({ state: 'failed', cause: 'vantage.absent' })
    await expect(setup.check([{ kind: 'component', component: 'other' }], cluster)).rejects.toThrow(
      'The component "other" does not exist.',
    )
    await untilGone(setup, signal)
  })

  it('report what is not permitted, with a manifest that an administrator can apply', async () => {
    await setup.namespace('guarded')
    const kubeconfig = await userOf(setup, folder, { name: 'nobody', namespace: 'guarded', rules: [] }, signal)
    const { report } = await setup.check(
      [{ kind: 'pod', namespace: 'guarded' }],
      setup.clusterAs({ kubeconfig, namespaces: ['guarded'] }),
    )
    expect(outcome(report)).toMatchObject({ state: 'failed', cause: 'rbac.denied' })
    expect(outcome(report)?.message).toContain('create jobs.batch')
    expect(verdicts(report)).toMatchObject({ far: 'unknown rbac.denied', closed: 'unknown rbac.denied' })

    const objects = parseAllDocuments(outcome(report)?.manifest ?? '').map((each) => each.toJS())
    expect(objects.map(({ kind }) => kind)).toEqual(['ConfigMap', 'ConfigMap', 'Job'])
    const job = objects[2].metadata.name
    expect(outcome(report)?.manifest).not.toContain(hostHash())
    for (const object of objects.slice(0, 2))
      await setup.api.create('/api/v1/namespaces/guarded/configmaps', object, signal)
    await setup.api.create('/apis/batch/v1/namespaces/guarded/jobs', objects[2], signal)
    const pod = await until(
      'The end of the job',
      async () => {
        const pods = await setup.api.list(`/api/v1/namespaces/guarded/pods?labelSelector=job-name=${job}`, signal)
        return pods.find(({ status }) => status?.phase === 'Succeeded')
      },
      60_000,
      signal,
    )
    const log = await setup.api.read(`/api/v1/namespaces/guarded/pods/${pod.metadata.name}/log`, signal)
    expect(log).toContain('"kind":"end"')
    await setup.api.remove(`/apis/batch/v1/namespaces/guarded/jobs/${job}?propagationPolicy=Background`, signal)
    for (const { metadata } of objects.slice(0, 2))
      await setup.api.remove(`/api/v1/namespaces/guarded/configmaps/${metadata.name}`, signal)
  })

  it('distinguish a quota from an admission rule', async () => {
    await setup.namespace('full')
    await setup.api.create(
      '/api/v1/namespaces/full/resourcequotas',
      { metadata: { name: 'none' }, spec: { hard: { pods: '0' } } },
      signal,
    )
    const { report } = await setup.check([{ kind: 'pod', namespace: 'full' }], setup.clusterAs())
    expect(outcome(report)).toMatchObject({ state: 'failed', cause: 'vantage.quota' })
    expect(outcome(report)?.message).toContain('exceeded quota')

    const gone = await setup.check([{ kind: 'pod', namespace: 'nowhere' }], setup.clusterAs())
    expect(outcome(gone.report)).toMatchObject({ state: 'failed', cause: 'vantage.absent' })
    await untilGone(setup, signal)
  })

  it('use Node or the shell of a running pod where the user names it, and nothing runs in it before', async () => {
    // Nothing listens there: the pull fails at once.
    const image = '127.0.0.1:1/node:24'
    for (const [namespace, candidate, command] of [
      ['with-node', baseTags.node, ['node', '-e', 'setInterval(() => {}, 1000)']],
      ['with-shell', baseTags.busybox, ['/bin/sh', '-c', 'sleep 3600']],
    ] as const) {
      await setup.namespace(namespace, restricted)
      await setup.apply(
        { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } },
        shellIn(namespace, candidate, command),
      )
      await untilRuns(namespace)
    }
    const cluster = setup.clusterAs({ probeImage: image })
    const refused = await setup.check([{ kind: 'pod', namespace: 'with-node' }], cluster)
    expect(outcome(refused.report)).toMatchObject({
      state: 'failed',
      cause: 'vantage.image',
      existingPods: [{ namespace: 'with-node', pod: 'candidate', container: 'main' }],
    })
    expect(verdicts(refused.report)).toMatchObject({ far: 'unknown vantage.image', in: 'skipped' })

    const whole = await setup.check([{ kind: 'existing-pod', namespace: 'with-node', pod: 'candidate' }], cluster)
    expect(outcome(whole.report)).toMatchObject({
      vantage: { kind: 'existing-pod', name: 'with-node/candidate' },
      state: 'ran',
      manifest: '',
    })
    expect(verdicts(whole.report)).toMatchObject({ far: 'pass', closed: 'fail tcp.refused', kubernetes: 'pass' })

    // A user who can exec into pods but create nothing.
    const rules = [
      { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
      // A WebSocket starts as a GET; newer API servers check "create" all the same.
      { apiGroups: [''], resources: ['pods/exec'], verbs: ['get', 'create'] },
    ]
    const kubeconfig = await userOf(setup, folder, { name: 'guest', namespace: 'with-node', rules }, signal)
    const guestCluster = setup.clusterAs({ kubeconfig })
    const guest = await setup.check([{ kind: 'pod', namespace: 'with-node' }], guestCluster)
    expect(outcome(guest.report)).toMatchObject({ state: 'failed', cause: 'rbac.denied' })
    expect(outcome(guest.report)?.manifest).toContain('kind: Job')
    const [offered] = outcome(guest.report)?.existingPods ?? []
    if (offered === undefined) throw new Error('no existing pod is offered')
    const named = await setup.check([{ kind: 'existing-pod', ...offered }], guestCluster)
    // This user cannot read the cluster's certificate authority, so the endpoint cannot be checked as its component would.
    expect(verdicts(named.report)).toMatchObject({ far: 'pass', kubernetes: 'unknown config.invalid' })

    const part = await setup.check([{ kind: 'existing-pod', namespace: 'with-shell', pod: 'candidate' }], cluster)
    expect(outcome(part.report)).toMatchObject({ state: 'limited', cause: 'vantage.limited' })
    expect(outcome(part.report)?.message).toContain('the shell of the pod candidate')
    // Never a pass: a shell cannot verify who answers.
    expect(verdicts(part.report)).toMatchObject({ far: 'unknown vantage.limited', closed: 'fail tcp.refused' })
    const far = part.report.results.find(({ endpoint }) => endpoint === 'far')
    expect(far?.stages.filter(({ verdict }) => verdict === 'pass').map(({ stage }) => stage)).toEqual(['dns', 'tcp'])

    await setup.namespace('strict', restricted)
    const alone = await setup.check([{ kind: 'pod' }], setup.clusterAs({ probeImage: image, namespaces: ['strict'] }))
    expect(outcome(alone.report)).toMatchObject({ state: 'failed', cause: 'vantage.image', existingPods: [] })
    await untilGone(setup, signal)
  })

  it('send no secret to a pod that they did not create, which records all that it is sent', async () => {
    const namespace = 'recorded'
    const image = '127.0.0.1:1/node:24'
    await setup.namespace(namespace, restricted)
    await setup.apply(
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } },
      recorderIn(namespace, baseTags.busybox),
    )
    await untilRuns(namespace)
    const recorded = async (): Promise<string> => {
      const at = { namespace, pod: 'candidate', container: 'main', command: ['/bin/cat', '/record/all'] }
      const chunks: Uint8Array[] = []
      for await (const chunk of execInPod(setup.client, at, signal)) chunks.push(chunk)
      return Buffer.concat(chunks).toString('latin1')
    }
    const { endpoints } = EndpointList.parse({
      endpoints: [
        {
          id: 'mutual',
          component: 'agent',
          host: 'mutual.test',
          protocol: 'https',
          clientProfile: { clientCertificate: 'agent', proxy: 'none' },
        },
        { id: 'proxied', component: 'agent', host: 'proxied.test', protocol: 'https' },
      ],
    })
    const plane: PlaneRows = {
      ...setup.list,
      endpoints: [...setup.list.endpoints, ...endpoints],
      componentTitles: {},
      folder,
      cluster: setup.clusterAs({ probeImage: image }),
    }
    const canaries = ['CANARY-CLIENT-KEY', 'CANARY-PROXY-PASSWORD']
    const run = async (from: VantageRequest): Promise<ConnectivityReport> => {
      const options = { from: [from], proxy: `http://user:${canaries[1]}@proxy.test:3128`, env: {} }
      const credentialOf = async () => ({ certificate: 'CERTIFICATE', key: canaries[0] ?? '' })
      for await (const event of check(plane, credentialOf, options, new Cleanup(), signal))
        if (event.kind === 'finished') return event.report
      throw new Error('the check ended without a report')
    }

    expect(outcome(await run({ kind: 'pod', namespace }))).toMatchObject({ state: 'failed', cause: 'vantage.image' })
    expect(await recorded()).toBe('')

    const report = await run({ kind: 'existing-pod', namespace, pod: 'candidate' })
    expect(verdicts(report)).toMatchObject({ mutual: 'unknown vantage.limited', proxied: 'unknown vantage.limited' })
    const sent = await recorded()
    expect(sent).toContain('kubernetes.default.svc')
    for (const canary of canaries) expect(sent).not.toContain(canary)
    await untilGone(setup, signal)
  })

  it('end at once on a cancel, and remove what they had created', async () => {
    await setup.namespace('strict', restricted)
    const cancel = new AbortController()
    const cluster = setup.clusterAs()
    const events = checkEndpoints(setup.list, { from: [{ kind: 'pod', namespace: 'strict' }], cluster }, cancel.signal)
    let cancelledMs = Number.NaN
    await expect(
      (async () => {
        for await (const event of events)
          if (event.kind === 'waiting' && event.message.includes('pulling the image')) {
            cancelledMs = performance.now()
            cancel.abort(new Error('enough'))
          }
      })(),
    ).rejects.toThrow('enough')
    // The terminal waits for the removal.
    expect(performance.now() - cancelledMs).toBeLessThan(5_000)
    await untilGone(setup, signal)

    // The window does not; closing the app does.
    const [again, cleaning] = [new AbortController(), new Cleanup()]
    const plane: PlaneRows = { ...setup.list, componentTitles: {}, folder, cluster }
    const options = { from: [{ kind: 'pod', namespace: 'strict' }] } as const
    let byMs = Number.NaN
    await expect(
      (async () => {
        for await (const event of check(plane, async () => undefined, options, cleaning, again.signal))
          if (event.kind === 'waiting' && event.message.includes('pulling the image')) {
            byMs = performance.now() + 200
            again.abort(new Error('enough'))
          }
      })(),
    ).rejects.toThrow('enough')
    expect(performance.now()).toBeLessThan(byMs)
    await cleaning.settled()
    await untilGone(setup, signal)
  })

  it('are removed by the next run if the run before was killed', async () => {
    await setup.namespace('strict', restricted)
    const file = join(folder, 'rows.json')
    await writeFile(file, JSON.stringify({ ...setup.list, schemaVersion: 1 }))
    const args = ['check', '--endpoints', file, '--from', 'pod:strict', '--probe-image', baseTags.node]
    const home = join(folder, 'home')
    const killed = startHangar([...args, '--kubeconfig', setup.bed.kubeconfig], { HANGAR_HOME: home })
    const ended = once(killed, 'close')
    await until('A probe', async () => (await setup.left()).length > 0, 60_000, signal)
    killed.kill('SIGKILL')
    await ended
    expect(await setup.left()).not.toEqual([])

    const { report } = await setup.check([{ kind: 'pod', namespace: 'strict' }], setup.clusterAs())
    expect(verdicts(report)).toMatchObject({ far: 'pass' })
    await untilGone(setup, signal)
  })

  it('are listed from what the cluster has', async () => {
    await setup.namespace('plane', restricted)
    await setup.namespace('strict', restricted)
    const here = { kind: 'computer', name: 'desk' } as const
    const offers = await listVantages(
      here,
      setup.clusterAs({ namespaces: ['plane', 'strict'] }),
      AbortSignal.timeout(5_000),
    )
    expect(offers.map(({ vantage: { kind, name } }) => (kind === 'computer' ? kind : `${kind} ${name}`))).toEqual([
      'computer',
      'pod plane',
      'pod strict',
      'node node-1',
    ])
    expect(offers.every((offer) => offer.unavailableReason === '')).toBe(true)
    const silent = await listVantages(
      here,
      setup.clusterAs({ open: () => Promise.reject(new Error('no route')) }),
      AbortSignal.timeout(5_000),
    )
    expect(silent.slice(1).every((offer) => offer.unavailableReason.includes('no route'))).toBe(true)
  })
})
