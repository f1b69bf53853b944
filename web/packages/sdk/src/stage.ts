/**
 * A session shown in a video element, and played there: the picture from the start, input from the
 * first frame to the end. What the React hook and the element have in common.
 */
import { type AttachedInput, attachInput, type InputOptions } from './rtc/input.ts'
import type { DioramaSession } from './session.ts'

export class Stage {
  /** What hears the viewer; null before the first frame, after the end, and where input is off. */
  input: AttachedInput | null = null
  private readonly session: DioramaSession
  private readonly video: HTMLVideoElement
  private readonly stops: (() => void)[]
  private options: InputOptions | null

  /** Shows a session; `options` null takes no input. */
  constructor(session: DioramaSession, video: HTMLVideoElement, options: InputOptions | null) {
    this.session = session
    this.video = video
    this.options = options
    session.attach(video)
    this.stops = [
      session.on('media', () => {
        this.follow()
      }),
      session.on('ended', () => {
        this.follow()
      }),
    ]
    this.follow()
  }

  /** Takes input otherwise from now on. */
  setInput(options: InputOptions | null): void {
    this.options = options
    this.input?.detach()
    this.input = null
    this.follow()
  }

  /** Takes the picture down and hears no more; the session goes on. */
  strike(): void {
    for (const stop of this.stops) stop()
    this.input?.detach()
    this.input = null
    this.session.detach(this.video)
  }

  /** A repair leaves input attached: what the viewer does then is lost, but keys stay the world's. */
  private follow(): void {
    if (this.session.ended) {
      this.input?.detach()
      this.input = null
    } else if (this.options && this.session.media === 'playing') {
      this.input ??= attachInput(this.video, this.session, this.options)
    }
  }
}
