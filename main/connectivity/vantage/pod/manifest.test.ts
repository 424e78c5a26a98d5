import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { sampleTarget as target } from '../../probe/sample.ts'
import type { Target } from '../../probe/target.ts'
import type { Placement } from '../placement.ts'
import { labelKeys, manifestOf, ownedBy } from './manifest.ts'
import { manifestForExport } from './manifest-export.ts'
import { type Work, withoutSecrets } from './work.ts'

const withKey: Target = { ...target, clientCertificate: { certificate: 'CERTIFICATE', key: 'the key itself' } }
const work = (targets: readonly Target[], httpsProxy = ''): Work => ({
  schemaVersion: 1,
  vantage: { kind: 'pod', name: 'plane' },
  plans: targets.map((each, index) => ({
    kind: 'probe',
    id: `row-${index}`,
    target: each,
    companions: [{ target: each, why: 'too' }],
  })),
  context: { resolver: undefined, proxies: { httpsProxy, httpProxy: '', noProxy: '' } },
})
const placement: Placement = {
  vantage: { kind: 'pod', name: 'plane' },
  namespace: 'plane',
  hostNetwork: false,
  node: undefined,
  template: undefined,
  pods: {},
  imagePullSecrets: [],
}
const starter = { runId: 'run', host: 'host', process: '1 2' }
const make = (of: Work, at: Placement = placement) => manifestOf('probe', 'image', at, 'BUNDLE', of, starter)
// biome-ignore lint/suspicious/noExplicitAny: the manifest is read as deep as it goes
const podOf = (manifest: ReturnType<typeof make>): any => (manifest.job.spec as any).template.spec // as above

describe('the manifest of a probe', () => {
  it('conforms to Pod Security "restricted" and mounts no token', () => {
    const { job } = make(work([target]))
    const pod = podOf(make(work([target])))
    expect(job).toMatchObject({ spec: { backoffLimit: 0, ttlSecondsAfterFinished: 60 } })
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      restartPolicy: 'Never',
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    })
    expect(pod.hostNetwork).toBeUndefined()
    expect(pod.containers[0]).toMatchObject({
      resources: { requests: { cpu: '50m' }, limits: { memory: '256Mi' } },
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
    })
  })

  it('is never ready, so that a Service that selects it sends it nothing', () => {
    expect(podOf(make(work([target]))).readinessGates).toEqual([{ conditionType: 'hangar/never-ready' }])
  })

  it('keeps endpoints in a readable ConfigMap, and keys and passwords in a Secret', () => {
    const [, plain] = make(work([target])).files
    expect(plain).toMatchObject({ kind: 'ConfigMap', data: { 'work.json': expect.stringContaining('remote.test') } })
    for (const secret of [work([withKey]), work([target], 'http://user:pass@proxy:3128')]) {
      const manifest = make(secret)
      expect(manifest.files[1]?.kind).toBe('Secret')
      expect(JSON.stringify(manifest.job)).not.toMatch(/the key itself|pass@/)
      expect(podOf(manifest).volumes[0].projected.sources[1]).toHaveProperty('secret')
    }
  })

  it('compresses a large table', () => {
    const large = work(Array.from({ length: 2_000 }, () => target))
    const [, packed] = make(large).files
    const bytes = Object(packed?.binaryData)['work.json.gz']
    expect(bytes.length).toBeLessThan(900_000)
    expect(JSON.parse(gunzipSync(Buffer.from(bytes, 'base64')).toString()).plans).toHaveLength(2_000)
  })

  it('has Hangar’s labels and a deadline for its work, and owns its files', () => {
    const manifest = make({ ...work([target]), context: { ...work([]).context, holdSeconds: 300 } })
    expect(manifest.job.metadata).toMatchObject({ labels: { [labelKeys.probe]: 'pod', [labelKeys.run]: 'run' } })
    expect(manifest.deadlineSeconds).toBe(make(work([target])).deadlineSeconds + 300)
    const [file] = manifest.files
    if (file === undefined) throw new Error('no file')
    expect(ownedBy(file, { name: 'probe', uid: 'u' }).metadata).toMatchObject({
      ownerReferences: [{ kind: 'Job', uid: 'u', blockOwnerDeletion: false }],
    })
  })

  it('runs in the network of the requested node, with the node’s resolver', () => {
    const pod = podOf(make(work([target]), { ...placement, hostNetwork: true, node: 'n1' }))
    expect(pod).toMatchObject({ hostNetwork: true, dnsPolicy: 'Default', tolerations: [{ operator: 'Exists' }] })
    expect(JSON.stringify(pod.affinity)).toContain('"n1"')
  })

  it('takes over the component’s pod template and keeps its own labels', () => {
    const template = {
      serviceAccount: 'agent',
      labels: { tier: 'edge', [labelKeys.probe]: 'stolen' },
      annotations: { 'sidecar.istio.io/inject': 'true' },
      nodeSelector: { pool: 'egress' },
      tolerations: [{ key: 'egress' }],
      proxies: { httpsProxy: '', httpProxy: '', noProxy: '' },
    }
    const manifest = make(work([target]), { ...placement, template, imagePullSecrets: [{ name: 'pull' }] })
    expect(manifest.job).toMatchObject({
      spec: {
        template: {
          metadata: { labels: { tier: 'edge', [labelKeys.probe]: 'pod' }, annotations: template.annotations },
          spec: {
            serviceAccountName: 'agent',
            automountServiceAccountToken: false,
            nodeSelector: { pool: 'egress', 'kubernetes.io/os': 'linux' },
            imagePullSecrets: [{ name: 'pull' }],
          },
        },
      },
    })
  })

  it('is exported without secrets, and names the endpoints that are checked without a certificate', () => {
    const clean = withoutSecrets(work([withKey, target], 'http://user:pass@proxy:3128'))
    const text = manifestForExport(make(clean), clean)
    expect(text).not.toMatch(/the key itself|user:pass/)
    expect(text).toContain('http://proxy:3128')
    expect(text).toMatch(/# Client certificates are not included\. .*: row-0\n/)
    expect(text).toContain('# ' + '  kubectl logs -n plane -f job/probe')
    expect(parseAllDocuments(text).map((each) => each.toJS().kind)).toEqual(['ConfigMap', 'ConfigMap', 'Job'])
  })
})
