import { type Mutation, unit } from '../mutation.ts'

/** What keeps secrets out of pods that Hangar did not create. */
export const pods: readonly Mutation[] = [
  {
    id: 'no-exec-by-itself',
    file: 'main/connectivity/vantage/check-from-cluster.ts',
    find: '  await forwardAnswers(probeInPod(parts, signal), work, vantage, emit)\n  return undefined',
    replace: `  try {
    await forwardAnswers(probeInPod(parts, signal), work, vantage, emit)
  } catch (error) {
    const [at] = await existingPodsFor(client, placement, signal)
    if (at === undefined) throw error
    const answers = probeInExistingPod({ client, at, bundle, work, waiting }, signal)
    return await forwardAnswers(answers, work, vantage, emit)
  }
  return undefined`,
    test: unit('main/connectivity/vantage/existing-pod/probe.slow.test.ts', 'is executed in no other pod by itself'),
  },
  {
    id: 'no-secret-to-existing-pod',
    file: 'main/connectivity/vantage/existing-pod/probe.ts',
    find: 'shareableWork(probe.work)',
    replace: '{ ...shareableWork(probe.work), work: probe.work, withheld: [] }',
    test: unit('main/connectivity/vantage/existing-pod/probe.slow.test.ts', 'sends no secret to it'),
  },
  {
    id: 'existing-pod-no-client-certificate',
    file: 'main/connectivity/vantage/existing-pod/shareable.ts',
    find: "  if (target.clientCertificate !== undefined) return 'its client certificate'\n",
    replace: '',
    test: unit('main/connectivity/vantage/existing-pod/probe.slow.test.ts', 'sends no secret to it'),
  },
  {
    id: 'existing-pod-no-path-secret',
    file: 'main/connectivity/vantage/existing-pod/shareable.ts',
    find: "  if (holdsSecretPath(target)) return 'the secret in its path'\n",
    replace: '',
    test: unit('main/connectivity/vantage/existing-pod/probe.slow.test.ts', 'sends no secret to it'),
  },
  {
    id: 'manifest-no-proxy-password',
    file: 'main/connectivity/vantage/pod/work.ts',
    find: 'httpsProxy: withoutUserInfo(httpsProxy)',
    replace: 'httpsProxy',
    test: unit('main/connectivity/vantage/pod/work.test.ts', 'contains no secret for display'),
  },
  {
    id: 'probe-never-ready',
    file: 'main/connectivity/vantage/pod/manifest.ts',
    find: "    readinessGates: [{ conditionType: 'hangar/never-ready' }],\n",
    replace: '',
    test: unit('main/connectivity/vantage/pod/manifest.test.ts', 'is never ready'),
  },
  {
    id: 'registry-token-limit',
    file: 'main/lib/bounded-text.ts',
    find: '    if (size > limitBytes) return undefined\n',
    replace: '',
    test: unit('main/lib/bounded-text.test.ts', 'is a text up to its limit'),
  },
]
