import type { Mutation } from '../mutation.ts'

const policy = { file: 'main/page/policy.ts' } as const
const policyTest: Mutation['test'] = {
  project: 'unit',
  file: 'main/page/policy.test.ts',
  title: 'allows a page its own files and one connect-src, and nothing else',
}
const filesTest = (title: string): Mutation['test'] => ({ project: 'unit', file: 'main/page/files.test.ts', title })

/** What both hosts with a window share: the policy headers and the files of the page. */
export const page: readonly Mutation[] = [
  {
    id: 'page-connection-allowlist',
    file: 'main/page/policy.ts',
    find: "  'connection-allowlist': '(response-origin);webrtc=block',\n",
    replace: '',
    test: { project: 'window', file: 'test/serve/exits.test.ts', title: 'a script in the page of the browser host' },
  },
  {
    id: 'page-connection-allowlist-webrtc',
    file: 'main/page/policy.ts',
    find: ';webrtc=block',
    replace: ';webrtc=allow',
    test: { project: 'window', file: 'test/electron/security.test.ts', title: 'let the page send nothing by WebRTC' },
  },
  { ...policy, id: 'csp-default-src', find: `    "default-src 'none'",\n`, replace: '', test: policyTest },
  {
    ...policy,
    id: 'csp-script-src',
    find: `"script-src 'self'"`,
    replace: `"script-src 'self' 'unsafe-inline'"`,
    test: policyTest,
  },
  { ...policy, id: 'csp-style-nonce', find: `'nonce-\${nonce}'`, replace: `'unsafe-inline'`, test: policyTest },
  { ...policy, id: 'csp-img-src', find: `"img-src 'self' data:"`, replace: `"img-src *"`, test: policyTest },
  { ...policy, id: 'csp-connect-src', find: '`connect-src ${connect}`', replace: `'connect-src *'`, test: policyTest },
  { ...policy, id: 'csp-frame-src', find: `    "frame-src 'none'",\n`, replace: '', test: policyTest },
  { ...policy, id: 'csp-frame-ancestors', find: `    "frame-ancestors 'none'",\n`, replace: '', test: policyTest },
  { ...policy, id: 'csp-base-uri', find: `    "base-uri 'none'",\n`, replace: '', test: policyTest },
  { ...policy, id: 'csp-form-action', find: `    "form-action 'none'",\n`, replace: '', test: policyTest },
  { ...policy, id: 'csp-object-src', find: `    "object-src 'none'",\n`, replace: '', test: policyTest },
  {
    ...policy,
    id: 'trusted-types',
    find: `    "require-trusted-types-for 'script'",\n`,
    replace: '',
    test: policyTest,
  },
  {
    ...policy,
    id: 'trusted-types-policies',
    find: `'trusted-types default'`,
    replace: `'trusted-types *'`,
    test: policyTest,
  },
  {
    id: 'page-path-outside',
    file: 'main/page/files.ts',
    find: `segment === '..' || segment === '.' || segment.startsWith('.')`,
    replace: `segment === 'nothing'`,
    test: filesTest('is no file'),
  },
  {
    id: 'page-link-outside',
    file: 'main/page/files.ts',
    find: 'return isBelow(base, file) ? file : undefined',
    replace: 'return base === file ? undefined : file',
    test: filesTest('does not follow a link to the outside'),
  },
  {
    id: 'page-file-types',
    file: 'main/page/files.ts',
    find: 'if (named === undefined || mediaType(named) === undefined) return undefined',
    replace: 'if (named === undefined) return undefined',
    test: filesTest('serves no file type that a window does not have'),
  },
]
