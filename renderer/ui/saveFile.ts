/** How long the file stays to be had: a host may ask where to save it before it reads it. */
const heldMs = 60_000

/** Hands a text to the host as a file to be saved: the browser's download, or the app's own dialog. Only on a person's deed. */
export function saveFile({ name, mediaType, text }: { name: string; mediaType: string; text: string }): void {
  const url = URL.createObjectURL(new Blob([text], { type: mediaType }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.className = 'hidden'
  document.body.append(link)
  link.click()
  link.remove()
  setTimeout(() => URL.revokeObjectURL(url), heldMs)
}
