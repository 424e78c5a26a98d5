/** How long the file stays available: a host can ask for the target folder before it reads the file. */
const heldMs = 60_000

/** Saves a text or a picture as a file, with the browser's download or the app's dialog. Call only on a user action. */
export function saveFile({ name, mediaType, text }: { name: string; mediaType: string; text: string | Blob }): void {
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
