/** A style sheet that the network did not bring is in the document, and its rules are closed as those of another origin are. */
function isFailed({ sheet }: HTMLLinkElement): boolean {
  try {
    return sheet !== null && sheet.cssRules === undefined
  } catch {
    return true
  }
}

const settled = (link: HTMLLinkElement): Promise<void> =>
  new Promise((resolve) => {
    for (const event of ['load', 'error']) link.addEventListener(event, () => resolve(), { once: true })
  })

/**
 * Loads the style sheets again that could not be loaded: the loader of a view asks for each only once, and would show the
 * view without them. Returns whether all are there now.
 */
export async function reloadFailedStyles(): Promise<boolean> {
  const failed = [...document.querySelectorAll<HTMLLinkElement>('link[rel=stylesheet]')].filter(isFailed)
  const again = await Promise.all(
    failed.map(async (link) => {
      const copy = link.cloneNode() as HTMLLinkElement // of a link
      const done = settled(copy)
      link.replaceWith(copy)
      await done
      return copy
    }),
  )
  return !again.some(isFailed)
}
