import { type Mutation, unit } from '../mutation.ts'

const minisign = 'main/lib/minisign.ts'
const minisignTest = 'main/lib/minisign.test.ts'
const kitFile = 'main/install/kit/kit-file.ts'
const kitFileTest = 'main/install/kit/kit-file.test.ts'
const manifest = 'main/install/kit/manifest.ts'

/** What a kit of others can do: nothing that its signature does not cover. */
export const kits: readonly Mutation[] = [
  {
    id: 'kit-signature',
    file: minisign,
    find: 'if (!verify(null, prehash(content), publicKey, signature))',
    replace: 'if (!verify(null, prehash(content), publicKey, signature) && content.length === 0)',
    test: unit(minisignTest, 'a signature'),
  },
  {
    id: 'kit-comment-signature',
    file: minisign,
    find: 'if (!verify(null, Buffer.concat([signature, Buffer.from(comment)]), publicKey, commentSignature))',
    replace: 'if (commentSignature.length === 0)',
    test: unit(minisignTest, 'a signature'),
  },
  {
    id: 'kit-key',
    file: minisign,
    find: 'if (!id.equals(key.id)) {',
    replace: 'if (id.length !== key.id.length) {',
    test: unit(minisignTest, 'of another key is refused by its name'),
  },
  {
    id: 'kit-signature-before-manifest',
    file: kitFile,
    find: "const comment = verifySignature(text, signature.toString('utf8'), key)",
    replace: "const comment = key.id.length === 0 ? verifySignature(text, signature.toString('utf8'), key) : 'kit web'",
    test: unit(kitFileTest, 'of another team is refused'),
  },
  {
    id: 'kit-digest-of-files',
    file: kitFile,
    find: "if (length !== size || hash.digest('hex') !== digest)",
    replace: "if (length !== size || hash.digest('hex').length !== digest.length)",
    test: unit(kitFileTest, 'a kit'),
  },
  {
    id: 'kit-headers',
    file: kitFile,
    find: 'if (!header.equals(expected))',
    replace: 'if (!header.subarray(0, 100).equals(expected.subarray(0, 100)))',
    test: unit(kitFileTest, 'a kit'),
  },
  {
    id: 'kit-end',
    file: kitFile,
    find: 'if (this.#offset !== fileBytes)',
    replace: 'if (this.#offset > fileBytes)',
    test: unit(kitFileTest, 'a kit'),
  },
  {
    id: 'kit-blobs-named-by-digest',
    file: manifest,
    find: 'if (!isNamed && path !== blobPath(digest))',
    replace: "if (!isNamed && !path.startsWith('blobs/'))",
    test: unit(kitFileTest, 'a manifest'),
  },
  {
    id: 'kit-login-of-its-registry',
    file: 'main/install/kit/registry-client.ts',
    find: '...(authorization !== undefined && isOwn ? { authorization } : {})',
    replace: '...(authorization !== undefined ? { authorization } : {})',
    test: unit(
      'main/install/kit/registry-client.slow.test.ts',
      'does not get the login for another host, to which it redirects',
    ),
  },
  {
    id: 'kit-login-asked-for-elsewhere',
    file: 'main/install/kit/registry-client.ts',
    find: 'if (!isOwn) throw denied(at, 401)',
    replace: "if (challenge === '') throw denied(at, 401)",
    test: unit('main/install/kit/registry-client.slow.test.ts', 'that asks for one after a redirect'),
  },
  {
    id: 'kit-digest-of-downloads',
    file: 'main/install/kit/download.ts',
    find: "if (`sha256:${hash.digest('hex')}` === digest) return await handle.sync()",
    replace: "if (hash.digest('hex').length === 64) return await handle.sync()",
    test: unit('main/install/kit/registry-client.slow.test.ts', 'a download'),
  },
  {
    id: 'kit-images-from-its-registry',
    file: 'main/install/preflight/checks/image-source.ts',
    find: 'const others = images.filter((image) => !image.startsWith(`${registry}/`))',
    replace: 'const others = images.filter((image) => !image.startsWith(registry))',
    test: unit('main/install/preflight/checks/image-source.test.ts', 'the registry of the images'),
  },
  {
    id: 'kit-manifests-once',
    file: 'main/install/kit/collect-images.ts',
    find: '      if (asked.has(child.digest)) return\n',
    replace: '',
    test: unit('main/install/kit/collect-images.test.ts', 'is read once for each'),
  },
  {
    id: 'kit-manifests-bounded',
    file: 'main/install/kit/collect-images.ts',
    find: 'if (asked.size > manifestsAtMost)',
    replace: 'if (asked.size > manifestsAtMost ** 2)',
    test: unit('main/install/kit/collect-images.test.ts', 'of more manifests than an image has'),
  },
]
