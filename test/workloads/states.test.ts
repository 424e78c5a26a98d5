import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { assess } from '../../main/health/assess.ts'
import { Profile } from '../../preload/contract/profiles.ts'
import { apiOf } from '../bed/access.ts'
import type { Api } from '../bed/api.ts'
import { baseTags } from '../bed/base-images.ts'
import { type Bed, startBed } from '../bed/bed.ts'
import { nodeName } from '../bed/real-node.ts'
import { type Sources, serveSources } from '../bed/source.ts'
import { skipReason } from '../bed/with-bed.ts'
import { chartsFolder } from '../install/setup.ts'
import { namespace, planeId, serviceFor, temporaryHome, Window } from './watching.ts'

const reason = skipReason('real')
/** Every state within this time of its production; the slowest is a node without a kubelet, which the controllers wait for. */
const limit = (): AbortSignal => AbortSignal.timeout(200_000)

interface Expected {
  readonly path: string
  readonly kind: string
  readonly name: string
  readonly health: string
  readonly reason: RegExp
}

const core = '/api/v1'
const inside = `namespaces/${namespace}`
const certManager = '/apis/cert-manager.io/v1'
const source = '/apis/source.toolkit.fluxcd.io/v1'
const helm = '/apis/helm.toolkit.fluxcd.io/v2'
const metadata = (name: string) => ({ name, namespace })

/** The parts that the plane follows by name: all else in its namespace is followed anyway. */
const profile = Profile.parse({
  schemaVersion: 1,
  name: 'states',
  title: 'States',
  description: 'A plane with an object in each state',
  managementModels: [{ id: 'self', title: 'Self', summary: '', tasks: [] }],
  components: [
    {
      id: 'all',
      title: 'All',
      summary: '',
      providedBy: 'release',
      parts: [
        { kind: 'Node', name: nodeName },
        { kind: 'Node', name: 'lost' },
        { kind: 'Certificate', namespace, name: 'overdue' },
        { kind: 'CronJob', namespace, name: 'resting' },
      ],
    },
  ],
  releases: [{ name: 'all', namespace, chart: { path: 'small' }, components: ['all'] }],
  endpoints: [],
})

const pod = (name: string, container: object, spec: object = {}) => ({
  metadata: metadata(name),
  spec: {
    terminationGracePeriodSeconds: 0,
    ...spec,
    containers: [{ name: 'main', image: baseTags.busybox, imagePullPolicy: 'Never', ...container }],
  },
})
const sleeps = { command: ['/bin/sleep', '3600'] }
const neverReady = { readinessProbe: { exec: { command: ['/bin/false'] }, periodSeconds: 1 } }

const release = (name: string, more: object) => ({
  apiVersion: 'helm.toolkit.fluxcd.io/v2',
  kind: 'HelmRelease',
  metadata: metadata(name),
  spec: { interval: '1h', chartRef: { kind: 'OCIRepository', name: 'small' }, ...more },
})
const repository = (name: string, url: string) => ({
  apiVersion: 'source.toolkit.fluxcd.io/v1',
  kind: 'OCIRepository',
  metadata: metadata(name),
  spec: { interval: '1h', url, ref: { tag: '1.0.0' } },
})

/** cert-manager does not run here: the definition of its API, and a status as it writes it. */
const certificateDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'certificates.cert-manager.io' },
  spec: {
    group: 'cert-manager.io',
    scope: 'Namespaced',
    names: { kind: 'Certificate', plural: 'certificates', singular: 'certificate', listKind: 'CertificateList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
}
const day = 86_400_000
const overdue = {
  notAfter: new Date(Date.now() + 3 * day).toISOString(),
  renewalTime: new Date(Date.now() - 27 * day).toISOString(),
  failedIssuanceAttempts: 5,
  lastFailureTime: new Date(Date.now() - 14_400_000).toISOString(),
  conditions: [{ type: 'Ready', status: 'True', reason: 'Ready', lastTransitionTime: new Date().toISOString() }],
}
const evicted = { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' }

describe.skipIf(reason !== '')(`states of objects on a real cluster ${reason}`, () => {
  let bed: Bed
  let api: Api
  let sources: Sources
  let home: Awaited<ReturnType<typeof temporaryHome>>

  beforeAll(async () => {
    bed = await startBed({ pods: 'real', flux: 'controller' }, new AbortController().signal)
    home = await temporaryHome()
    api = await apiOf(bed)
    sources = await serveSources(bed, chartsFolder, new AbortController().signal)
    await api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, limit())
    await api.apply(certificateDefinition, limit())
  })
  afterAll(async () => {
    await sources?.close()
    await bed?.down(AbortSignal.timeout(240_000))
    await home?.remove()
  })

  /** Produces each state, with the objects of the table below. */
  async function produce(signal: AbortSignal): Promise<void> {
    const pods = `${core}/${inside}/pods`
    const missing = '127.0.0.1:1/none:1'
    const hog = { command: ['/bin/dd', 'if=/dev/zero', 'of=/dev/null', 'bs=256M', 'count=1'] }
    await api.create(pods, pod('bad-image', { image: missing, imagePullPolicy: 'IfNotPresent' }), signal)
    const env = [{ name: 'API_TOKEN', value: 'planted-secret' }]
    await api.create(pods, pod('crasher', { command: ['/bin/sh', '-c', 'exit 3'], env }), signal)
    await api.create(pods, pod('hog', { ...hog, resources: { limits: { memory: '32Mi' } } }), signal)
    await api.create(pods, pod('failing-probe', { ...sleeps, ...neverReady }), signal)
    await api.create(pods, pod('too-large', { ...sleeps, resources: { requests: { cpu: '10000' } } }), signal)
    const failingInit = [
      { name: 'migrate', image: baseTags.busybox, imagePullPolicy: 'Never', command: ['/bin/false'] },
    ]
    await api.create(pods, pod('init', sleeps, { initContainers: failingInit }), signal)
    // No kubelet here evicts: its status, as the kubelet writes it.
    await api.create(pods, pod('evicted', sleeps, { schedulerName: 'nobody' }), signal)
    await api.patch(`${pods}/evicted/status`, { status: evicted }, signal)

    const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } }, storageClassName: '' }
    const claims = `${core}/${inside}/persistentvolumeclaims`
    await api.create(claims, { metadata: metadata('claim'), spec: claim }, signal)
    const template = pod('slow', { ...sleeps, ...neverReady })
    const labels = { app: 'slow' }
    await api.create(
      `/apis/apps/v1/${inside}/deployments`,
      {
        metadata: metadata('slow'),
        spec: {
          progressDeadlineSeconds: 3,
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: template.spec },
        },
      },
      signal,
    )
    const job = {
      spec: {
        backoffLimit: 0,
        template: { spec: pod('', { command: ['/bin/false'] }, { restartPolicy: 'Never' }).spec },
      },
    }
    await api.create(`/apis/batch/v1/${inside}/jobs`, { metadata: metadata('failing'), ...job }, signal)
    await api.create(
      `/apis/batch/v1/${inside}/cronjobs`,
      { metadata: metadata('resting'), spec: { schedule: '0 2 * * *', suspend: true, jobTemplate: job } },
      signal,
    )

    await api.apply(repository('small', 'oci://charts.hangar.test/small'), signal)
    await api.apply(repository('unreachable', 'oci://charts.hangar.test/none'), signal)
    await api.apply(release('first-install', { timeout: '2s', values: { image: missing } }), signal)
    const retried = { install: { remediation: { retries: 9 } } }
    await api.apply(release('retried', { timeout: '2s', values: { image: missing }, ...retried }), signal)
    await api.apply(release('suspended', { suspend: true }), signal)

    const certificates = `${certManager}/${inside}/certificates`
    const certificate = {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: metadata('overdue'),
      spec: {},
    }
    await api.create(certificates, certificate, signal)
    await api.patch(`${certificates}/overdue/status`, { status: overdue }, signal)

    // A node whose kubelet never responds; and one that takes no pods, once the others run on it.
    await api.create(`${core}/nodes`, { metadata: { name: 'lost' } }, signal)
  }

  const pods = `${core}/${inside}/pods`
  const states: readonly Expected[] = [
    { path: pods, kind: 'Pod', name: 'bad-image', health: 'degraded', reason: /^(ErrImagePull|ImagePullBackOff)/ },
    { path: pods, kind: 'Pod', name: 'crasher', health: 'degraded', reason: /exit code 3/ },
    { path: pods, kind: 'Pod', name: 'hog', health: 'degraded', reason: /OOMKilled/ },
    { path: pods, kind: 'Pod', name: 'failing-probe', health: 'progressing', reason: /ContainersNotReady/ },
    { path: pods, kind: 'Pod', name: 'too-large', health: 'degraded', reason: /Unschedulable.*cpu/ },
    { path: pods, kind: 'Pod', name: 'init', health: 'degraded', reason: /migrate ended with exit code 1/ },
    { path: pods, kind: 'Pod', name: 'evicted', health: 'degraded', reason: /^Evicted/ },
    {
      path: `${core}/${inside}/persistentvolumeclaims`,
      kind: 'PersistentVolumeClaim',
      name: 'claim',
      health: 'progressing',
      reason: /names no storage class/,
    },
    {
      path: `/apis/apps/v1/${inside}/deployments`,
      kind: 'Deployment',
      name: 'slow',
      health: 'degraded',
      reason: /^ProgressDeadlineExceeded/,
    },
    {
      path: `/apis/batch/v1/${inside}/jobs`,
      kind: 'Job',
      name: 'failing',
      health: 'degraded',
      reason: /^BackoffLimitExceeded/,
    },
    {
      path: `/apis/batch/v1/${inside}/cronjobs`,
      kind: 'CronJob',
      name: 'resting',
      health: 'suspended',
      reason: /^Suspended/,
    },
    {
      path: `${source}/${inside}/ocirepositories`,
      kind: 'OCIRepository',
      name: 'unreachable',
      health: 'degraded',
      reason: /^OCIArtifactPullFailed/,
    },
    {
      path: `${helm}/${inside}/helmreleases`,
      kind: 'HelmRelease',
      name: 'first-install',
      health: 'degraded',
      reason: /^Stalled: RetriesExceeded: .*InstallFailed/,
    },
    {
      path: `${helm}/${inside}/helmreleases`,
      kind: 'HelmRelease',
      name: 'retried',
      health: 'degraded',
      reason: /^(InstallFailed|UninstallSucceeded)/,
    },
    {
      path: `${helm}/${inside}/helmreleases`,
      kind: 'HelmRelease',
      name: 'suspended',
      health: 'suspended',
      reason: /^Suspended/,
    },
    {
      path: `${certManager}/${inside}/certificates`,
      kind: 'Certificate',
      name: 'overdue',
      health: 'degraded',
      reason: /renewal failed 5 times/,
    },
    { path: `${core}/nodes`, kind: 'Node', name: 'lost', health: 'unknown', reason: /^NodeStatus/ },
  ]

  /** When the API server has the state, by polling it; or the state that it has instead. */
  async function whenReported(each: Expected, signal: AbortSignal): Promise<number | string> {
    for (let last = ''; ; ) {
      const {
        apiVersion = '',
        kind = '',
        metadata: common,
        ...more
      } = await api.get(`${each.path}/${each.name}`, limit())
      const { health, reason: why } = assess({ apiVersion, kind, metadata: common, ...more }, Date.now())
      if (health === each.health && each.reason.test(why)) return performance.now()
      last = `${kind} ${each.name} is ${health}: ${why}`
      if (signal.aborted) return last
      await delay(200)
    }
  }

  it('are right in the window within 3 s of the API server', async () => {
    const service = serviceFor({ files: [bed.kubeconfig], contextName: bed.name, environment: {} }, home.path, profile)
    const window = new Window(service, limit())
    onTestFinished(async () => {
      await window.close()
      await service.close()
    })
    await window.until(({ status }) => status.connection.state === 'live')
    await produce(limit())

    const shownMs = new Map<Expected, number>()
    const shown = window.until(({ objects }) => {
      for (const each of states) {
        const object = [...objects.values()].find(({ kind, name }) => kind === each.kind && name === each.name)
        const isRight = object?.health === each.health && each.reason.test(object.reason)
        if (isRight && !shownMs.has(each)) shownMs.set(each, performance.now())
      }
      return shownMs.size === states.length
    })
    shown.catch(() => undefined) // the states that the cluster has instead explain more
    const waiting = limit()
    const reported = await Promise.all(states.map((each) => whenReported(each, waiting)))
    expect(reported.filter((each) => typeof each === 'string')).toEqual([])
    const { component } = await shown
    const late = states.map((each, index) => ({
      name: each.name,
      lateMs: (shownMs.get(each) ?? Number.POSITIVE_INFINITY) - Number(reported[index]),
    }))

    expect(late.filter(({ lateMs }) => lateMs > 3_000)).toEqual([])
    expect(component('all')?.health).toBe('unknown') // the lost node is the worst part
  })

  it('show a node that is cordoned as suspended, and as healthy again', async () => {
    const service = serviceFor({ files: [bed.kubeconfig], contextName: bed.name, environment: {} }, home.path, profile)
    const window = new Window(service, limit())
    onTestFinished(async () => {
      await window.close()
      await service.close()
    })
    const node = `${core}/nodes/${nodeName}`
    await window.until(({ object }) => object('Node', nodeName)?.health === 'healthy')

    await api.patch(node, { spec: { unschedulable: true } }, limit())
    const { object } = await window.until(({ object: find }) => find('Node', nodeName)?.health === 'suspended')
    await api.patch(node, { spec: { unschedulable: false } }, limit())

    expect(object('Node', nodeName)?.reason).toMatch(/^SchedulingDisabled/)
    await window.until(({ object: find }) => find('Node', nodeName)?.health === 'healthy')
  })

  it('are explained by the details of an object: conditions, containers and YAML without secrets', async () => {
    const service = serviceFor({ files: [bed.kubeconfig], contextName: bed.name, environment: {} }, home.path, profile)
    const window = new Window(service, limit())
    onTestFinished(async () => {
      await window.close()
      await service.close()
    })
    const { object } = await window.until(({ object: find }) =>
      ['crasher', 'hog', 'evicted', 'too-large'].every((name) => find('Pod', name) !== undefined),
    )
    const detailsOf = async (kind: string, name: string) => {
      const { uid = '' } = object(kind, name) ?? {}
      return await service.object({ planeId, object: { uid, kind, namespace, name } }, limit())
    }
    const crasher = await detailsOf('Pod', 'crasher')
    expect(crasher?.containers[0]?.last).toMatchObject({ exitCode: 3, reason: 'Error' })
    expect(crasher?.yaml).not.toContain('planted-secret')
    expect(crasher).toMatchObject({ hidden: 1, cut: false })
    expect((await detailsOf('Pod', 'hog'))?.containers[0]).toMatchObject({
      limits: [{ resource: 'memory', amount: '32Mi' }],
      last: { reason: 'OOMKilled', exitCode: 137, signal: 'SIGKILL' },
    })
    expect((await detailsOf('Pod', 'too-large'))?.conditions[0]).toMatchObject({
      tone: 'bad',
      sentence: expect.stringMatching(/^No node was chosen for the pod \(Unschedulable\): .*cpu/),
    })
    expect((await detailsOf('HelmRelease', 'suspended'))?.yaml).toContain('suspend: true')

    await api.remove(`${pods}/evicted`, limit())
    await expect.poll(() => detailsOf('Pod', 'evicted'), { timeout: 20_000 }).toBeNull()
    await expect(detailsOf('Secret', 'sh.helm.release.v1.retried.v1')).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  })
})
