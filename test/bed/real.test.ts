import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiOf } from './access.ts'
import type { Api } from './api.ts'
import { type Bed, baseTags, startBed } from './bed.ts'
import { until } from './until.ts'
import { execInPod, podLog, shellPod, skipReason, waitForPhase } from './with-bed.ts'

const reason = skipReason('real')
const limit = () => AbortSignal.timeout(60_000)

describe.skipIf(reason !== '')(`beds with real pods ${reason}`, () => {
  let beds: [Bed, Bed]
  let apis: [Api, Api]

  beforeAll(async () => {
    const limit = AbortSignal.timeout(280_000)
    const second = { pods: 'both', simulatedNodes: 2 } as const
    beds = await Promise.all([startBed({ pods: 'real' }, limit), startBed(second, limit)])
    apis = await Promise.all([apiOf(beds[0]), apiOf(beds[1])])
  })
  afterAll(() => Promise.all((beds ?? []).map((bed) => bed.down())))

  it('runs two at once, each with its own pods, their logs and exec', async () => {
    for (const [index, api] of apis.entries()) {
      await api.apply(shellPod('greeter', `echo hello from ${index}; sleep 1000`), limit())
      await waitForPhase(api, 'greeter', 'Running', limit())
    }

    const logs = await Promise.all(
      apis.map((api) =>
        until('A log', async () => (await podLog(api, 'greeter', limit())) || undefined, 10_000, limit()),
      ),
    )
    const entered = await Promise.all(beds.map((bed) => execInPod(bed, 'greeter', ['hostname'])))

    expect(logs).toEqual(['hello from 0\n', 'hello from 1\n'])
    expect(entered).toEqual(['greeter\n', 'greeter\n'])
    expect(beds[0].hostAddress).not.toBe(beds[1].hostAddress)
  })

  it('binds a claim to a folder whose files later pods read, also a pod that does not run as root', async () => {
    const [api] = apis
    await api.apply(
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'data', namespace: 'default' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
      limit(),
    )
    const withData = (name: string, script: string) => {
      const pod = shellPod(name, script, {
        volumeMounts: [{ name: 'data', mountPath: '/data' }],
        securityContext: { runAsUser: 1000, runAsNonRoot: true },
      })
      const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }]
      return { ...pod, spec: { ...(pod.spec as object), restartPolicy: 'Never', volumes } } // what shellPod made
    }

    await api.apply(withData('writer', 'echo kept > /data/file'), limit())
    await waitForPhase(api, 'writer', 'Succeeded', limit())
    await api.apply(withData('reader', 'cat /data/file'), limit())
    await waitForPhase(api, 'reader', 'Succeeded', limit())

    expect(await podLog(api, 'reader', limit())).toBe('kept\n')
  })

  it('resolves cluster services and added names in a pod, and reaches this computer by an added name', async () => {
    const [bed] = beds
    const [api] = apis
    await bed.addHostNames({ 'control.example.test': bed.hostAddress })

    await api.apply(shellPod('client', 'sleep 1000'), limit())
    await waitForPhase(api, 'client', 'Running', limit())
    const lookUp = (name: string) => execInPod(bed, 'client', ['nslookup', name])

    expect(await lookUp('kubernetes.default.svc.cluster.local')).toMatch(/Address.*: 10\.\d+\.16\.1\n/)
    expect(await lookUp('control.example.test')).toContain(bed.hostAddress)
    await expect(lookUp('nowhere.example.test')).rejects.toThrow(/NXDOMAIN/)
  })

  it('connects two pods of one node through a service', async () => {
    const [bed] = beds
    const [api] = apis
    const serve = 'echo served > /tmp/index.html; httpd -f -p 8080 -h /tmp'
    await api.apply(shellPod('server', serve, { ports: [{ containerPort: 8080 }] }), limit())
    await api.apply(
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'server', namespace: 'default' },
        spec: { selector: { app: 'server' }, ports: [{ port: 80, targetPort: 8080 }] },
      },
      limit(),
    )
    // Not busybox's wget: that of Debian crashes when it starts.
    const caller = shellPod('caller', '', {
      image: baseTags.node,
      command: ['node', '-e', 'setInterval(() => {}, 1e6)'],
    })
    await api.apply(caller, limit())
    await Promise.all(['server', 'caller'].map((name) => waitForPhase(api, name, 'Running', limit())))

    const url = 'http://server.default.svc.cluster.local'
    const script = `fetch('${url}').then((answer) => answer.text()).then((text) => process.stdout.write(text))`
    const call = () => execInPod(bed, 'caller', ['node', '-e', script])

    expect(await until('An answer of the service', call, 20_000, limit())).toBe('served\n')
  })

  it('schedules on simulated nodes only pods that tolerate them', async () => {
    const [, api] = apis
    const tolerations = [{ key: 'kwok.x-k8s.io/node', operator: 'Exists' }]
    const containers = [{ name: 'main', image: 'any' }]
    const simulated = { spec: { containers, tolerations, nodeSelector: { type: 'kwok' } } }

    await api.apply(shellPod('grounded', 'sleep 1000'), limit())
    await api.apply({ ...shellPod('dreamt', ''), ...simulated }, limit())
    await Promise.all(['grounded', 'dreamt'].map((name) => waitForPhase(api, name, 'Running', limit())))

    const nodeOf = async (name: string) =>
      (await api.get(`/api/v1/namespaces/default/pods/${name}`, limit())).spec?.nodeName
    expect(await nodeOf('grounded')).toBe('node-1')
    expect(await nodeOf('dreamt')).toMatch(/^simulated-[12]$/)
  })

  it('runs an image built from local files', async () => {
    const [bed] = beds
    const [api] = apis
    await bed.importImage('hangar.test/made:1', [
      { path: 'bin/busybox', source: '/bin/busybox' },
      { path: 'bin/cat', link: 'busybox' },
      { path: 'etc/words', text: 'from a local file\n' },
    ])

    const pod = shellPod('made', '')
    const container = { name: 'main', image: 'hangar.test/made:1', command: ['/bin/cat', '/etc/words'] }
    await api.apply({ ...pod, spec: { restartPolicy: 'Never', containers: [container] } }, limit())
    await waitForPhase(api, 'made', 'Succeeded', limit())

    expect(await podLog(api, 'made', limit())).toBe('from a local file\n')
  })

  it('stops and starts only the API server: state is kept and pods continue to run', async () => {
    const [bed, other] = beds
    const [api, otherApi] = apis
    const config = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kept', namespace: 'default' },
      data: { a: '1' },
    }
    const path = '/api/v1/namespaces/default/configmaps/kept'
    await api.apply(config, limit())
    await api.apply(shellPod('steady', 'sleep 1000'), limit())
    await waitForPhase(api, 'steady', 'Running', limit())
    const { status: before } = await api.get('/api/v1/namespaces/default/pods/steady', limit())

    await bed.stopApiServer()
    await expect(api.get(path, limit())).rejects.toThrow(/ECONNREFUSED/)
    await expect(otherApi.read('/readyz', limit())).resolves.toBe('ok')
    await bed.startApiServer()

    expect((await api.get(path, limit())).data).toEqual({ a: '1' })
    const { status: after } = await api.get('/api/v1/namespaces/default/pods/steady', limit())
    expect(after?.containerStatuses).toEqual(before?.containerStatuses)
    expect(other.name).not.toBe(bed.name)
  })
})
