/** The desktop app or a browser, as the host has written it into the page. */
export const isDesktop = document.querySelector<HTMLMetaElement>('meta[name="hangar-host"]')?.content === 'desktop'
