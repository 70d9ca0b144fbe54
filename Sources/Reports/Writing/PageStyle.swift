/// How a page looks, on screens of 390 to 2,560 pixels, light and dark, and on paper.
enum PageStyle {
  static let text: StaticString = """

    :root {
      color-scheme: light dark;
      --paper: #fcfcfa; --raised: #ffffff; --ink: #1d1d1b; --muted: #62625c; --rule: #e2e1da;
      --grid: #ecebe5; --code: #f2f1ec;
      --c1: #2857c5; --c2: #b1480a; --c3: #0b7268; --c4: #7a3fc4; --c5: #b3263f; --c6: #6a6700;
      --good: #1f7145; --bad: #b3263f;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #161614; --raised: #1e1e1b; --ink: #ebeae4; --muted: #a5a49b; --rule: #35342f;
        --grid: #2a2a26; --code: #25251f;
        --c1: #83a8ff; --c2: #f0a368; --c3: #55cdbd; --c4: #c2a1ff; --c5: #ff91a0; --c6: #d3cc5e;
        --good: #76cf9b; --bad: #ff91a0;
      }
    }
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; scroll-padding-top: 3.5rem; }
    @media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
    body {
      margin: 0; background: var(--paper); color: var(--ink);
      font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Inter, Roboto, "Helvetica Neue", Arial,
        sans-serif;
      font-variant-numeric: tabular-nums;
    }
    header, main, footer { max-width: 112rem; margin: 0 auto; padding: 0 clamp(1rem, 4vw, 3rem); }
    header { padding-top: clamp(1.5rem, 4vw, 3rem); }
    h1, h2, h3, p, figure { margin: 0; }
    h1 {
      font-size: clamp(1.6rem, 1.2rem + 1.6vw, 2.4rem); line-height: 1.15; font-weight: 650;
      letter-spacing: -0.018em; overflow-wrap: anywhere;
    }
    h2 { font-size: 1.3rem; line-height: 1.25; font-weight: 640; letter-spacing: -0.01em; }
    h3 { font-size: 0.95rem; font-weight: 620; }
    .over { color: var(--muted); font-size: 0.85rem; margin-bottom: 0.3rem; }
    .sub, .note, .unit, .when { color: var(--muted); }
    .sub { margin-top: 0.4rem; overflow-wrap: anywhere; }
    .note { font-size: 0.85rem; max-width: 70ch; margin-top: 0.4rem; overflow-wrap: anywhere; }
    a { color: var(--c1); text-underline-offset: 0.15em; }
    :focus-visible { outline: 2px solid var(--c1); outline-offset: 2px; border-radius: 2px; }
    nav {
      position: sticky; top: 0; z-index: 3; background: var(--paper); margin-top: 1.2rem;
      border-bottom: 1px solid var(--rule);
    }
    nav ul {
      display: flex; gap: 0 1.4rem; overflow-x: auto; list-style: none; margin: 0 auto;
      max-width: 112rem; padding: 0.6rem clamp(1rem, 4vw, 3rem); scrollbar-width: none;
    }
    nav a { color: var(--muted); text-decoration: none; font-size: 0.9rem; white-space: nowrap; }
    nav a:hover { color: var(--ink); }
    section { padding: 2.2rem 0 0.6rem; }
    section > h2 { margin-bottom: 1rem; }
    .verdict { font-size: clamp(1.05rem, 1rem + 0.35vw, 1.3rem); line-height: 1.5; max-width: 68ch;
      margin-top: 1.4rem; }
    .figures {
      display: flex; flex-wrap: wrap; gap: 1px; background: var(--rule); border: 1px solid var(--rule); border-radius: 8px; overflow: hidden;
      margin: 1.6rem 0 0; padding: 0; list-style: none;
    }
    .figures li { flex: 1 1 9.5rem; background: var(--raised); padding: 0.8rem 1rem; }
    .figures li:first-child:nth-last-child(n + 7), .figures li:first-child:nth-last-child(n + 7) ~ li { flex-basis: max(9.5rem, 22%); }
    .figures span { display: block; color: var(--muted); font-size: 0.82rem; }
    .figures strong { font-size: 1.3rem; font-weight: 600; letter-spacing: -0.01em; line-height: 1.3; }
    .figures small { display: block; font-size: 0.8rem; font-weight: 400; color: var(--muted); letter-spacing: 0; }
    .commands { display: grid; gap: 0.5rem; margin: 1.2rem 0 0; padding: 0; list-style: none;
      max-width: 60rem; }
    .commands li { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.1rem; }
    .commands span { color: var(--muted); font-size: 0.88rem; }
    .command { display: flex; align-items: start; gap: 0.5rem; background: var(--code);
      border-radius: 6px; padding: 0.45rem 0.7rem; }
    code, pre { font: 0.875rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono",
      monospace; }
    .command code { flex: 1; min-width: 0; overflow-wrap: anywhere; white-space: pre-wrap; }
    button { font: inherit; font-size: 0.8rem; color: var(--muted); background: var(--raised);
      border: 1px solid var(--rule); border-radius: 5px; padding: 0.1rem 0.5rem; cursor: pointer; }
    button:hover { color: var(--ink); }
    .charts { display: grid; gap: 2rem clamp(1.5rem, 3vw, 3rem);
      grid-template-columns: repeat(auto-fill, minmax(min(100%, 27rem), 1fr)); }
    * + .charts { margin-top: 1.6rem; }
    .chart { min-width: 0; }
    .chart h3 { display: flex; justify-content: space-between; gap: 1rem; align-items: baseline; }
    .unit { font-weight: 400; font-size: 0.82rem; }
    .legend { display: flex; flex-wrap: wrap; gap: 0 1rem; font-size: 0.82rem; color: var(--muted); }
    .key { overflow-wrap: anywhere; }
    .key::before { content: ""; display: inline-block; width: 0.9em; height: 0.2em; border-radius: 1px;
      background: currentColor; margin-right: 0.4em; vertical-align: 0.22em; }
    .plot { position: relative; height: 15rem; padding: 0.8rem 0.8rem 1.8rem 3.2rem;
      touch-action: pan-y; }
    .frame { display: block; overflow: visible; }
    .grid line { stroke: var(--grid); }
    .axis { stroke: var(--muted); stroke-opacity: 0.5; }
    .frame text { fill: var(--muted); font-size: 0.74rem; }
    .line, .thin, .raw, .dots { fill: none; vector-effect: non-scaling-stroke; stroke-linejoin: round;
      stroke-linecap: round; stroke: currentColor; }
    .line { stroke-width: 2px; }
    .thin { stroke-width: 1.2px; }
    .raw { stroke-width: 1px; stroke-opacity: 0.32; }
    .dots { stroke-width: 6px; }
    .xname { text-align: right; font-size: 0.76rem; color: var(--muted); padding-right: 0.8rem; }
    .band { fill: currentColor; fill-opacity: 0.16; stroke: none; }
    .k1, .c1 { color: var(--c1); } .k2, .c2 { color: var(--c2); } .k3, .c3 { color: var(--c3); }
    .k4, .c4 { color: var(--c4); } .k5, .c5 { color: var(--c5); } .k6, .c6 { color: var(--c6); }
    .cross { stroke: var(--muted); stroke-dasharray: 2 3; pointer-events: none; }
    .mark { stroke: var(--paper); stroke-width: 1.5; fill: currentColor; pointer-events: none; }
    .select { fill: var(--muted); fill-opacity: 0.15; pointer-events: none; }
    .tip { position: absolute; z-index: 2; top: 0; left: 0; pointer-events: none; background: var(--raised);
      border: 1px solid var(--rule); border-radius: 6px; padding: 0.3rem 0.55rem; font-size: 0.8rem;
      line-height: 1.45; box-shadow: 0 2px 10px rgb(0 0 0 / 12%); white-space: nowrap; }
    .tip b { font-weight: 600; }
    .tip span { display: block; }
    .tip i { font-style: normal; color: var(--ink); float: right; padding-left: 1rem; }
    .reset { position: absolute; right: 0.8rem; top: 0; }
    .chart details { font-size: 0.85rem; }
    .tables { display: grid; gap: 2rem clamp(1.5rem, 3vw, 3rem); align-items: start;
      grid-template-columns: repeat(auto-fit, minmax(min(100%, 27rem), 1fr)); }
    .tables > div > h3 { margin-bottom: 0.4rem; }
    .pictures { display: grid; gap: 1.2rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 15rem), 1fr)); }
    .pictures.small { grid-template-columns: repeat(auto-fill, minmax(min(100%, 8rem), 1fr)); gap: 0.9rem; }
    .pictures.small img, .pair img { width: 100%; }
    .pairs-of-pictures { grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr)); }
    .pair > div { display: grid; grid-template-columns: 1fr 1fr; gap: 0.4rem; }
    p + figure { margin-top: 0.8rem; }
    pre { overflow-x: auto; margin: 0; }
    figure.picture figcaption { color: var(--muted); font-size: 0.85rem; margin-bottom: 0.3rem;
      overflow-wrap: anywhere; }
    img { max-width: 100%; height: auto; vertical-align: top; border-radius: 3px; background: #fff; }
    .pixels { image-rendering: pixelated; }
    .wide img { width: 100%; max-width: 60rem; }
    .slides[data-on] { display: block; max-width: 46rem; }
    .slides[data-on] figure { display: none; }
    .slides[data-on] figure[data-shown] { display: block; }
    .slides img, .split img { width: 100%; }
    .control { display: flex; align-items: center; gap: 0.8rem; margin-bottom: 0.7rem; max-width: 46rem; }
    .control output { min-width: 8ch; font-weight: 600; }
    input[type=range] { flex: 1; min-width: 6rem; accent-color: var(--c1); height: 1.5rem; }
    .split { display: grid; gap: 1.2rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 15rem), 1fr)); }
    .split[data-on] { display: grid; max-width: 46rem; grid-template-columns: minmax(0, 1fr); gap: 0; }
    .split[data-on] figure { grid-area: 1 / 1; }
    .split[data-on] figcaption { display: none; }
    .split figure[hidden] { display: none; }
    .choice { display: flex; gap: 0.4rem; flex-wrap: wrap; }
    .choice button[aria-pressed=true] { color: var(--ink); border-color: var(--ink); }
    .scroll { overflow-x: auto; }
    header .scroll { margin-top: 1.4rem; }
    table { border-collapse: collapse; width: 100%; font-size: 0.88rem; }
    th, td { text-align: left; padding: 0.32rem 0.9rem 0.32rem 0; border-bottom: 1px solid var(--rule);
      vertical-align: top; overflow-wrap: anywhere; }
    thead th { color: var(--muted); font-weight: 500; font-size: 0.82rem; vertical-align: bottom; }
    tbody th { font-weight: 500; }
    .n { text-align: right; white-space: nowrap; overflow-wrap: normal; }
    td img, th img { width: 6rem; }
    .pairs { columns: 22rem; column-gap: clamp(1.5rem, 3vw, 3rem); font-size: 0.88rem; list-style: none;
      margin: 0; padding: 0; }
    .pairs li { display: grid; grid-template-columns: minmax(9rem, 2fr) minmax(0, 3fr); gap: 1rem;
      padding: 0.3rem 0; border-bottom: 1px solid var(--rule); break-inside: avoid;
      overflow-wrap: anywhere; }
    .pairs span { color: var(--muted); }
    .pairs strong { font-weight: 500; }
    .narrow { max-width: 44rem; }
    section > h3 { margin: 1.6rem 0 0.5rem; }
    .log { list-style: none; margin: 0; padding: 0; font-size: 0.88rem; }
    .log li { display: grid; grid-template-columns: 10.5rem minmax(0, 1fr); gap: 1rem;
      padding: 0.3rem 0; border-bottom: 1px solid var(--rule); overflow-wrap: anywhere; }
    .log .bad { color: var(--bad); }
    .facts { list-style: none; margin: 0 0 1.2rem; padding: 0; max-width: 60rem; }
    .facts li { padding: 0.3rem 0; border-bottom: 1px solid var(--rule); overflow-wrap: anywhere; }
    .warnings li { border-left: 3px solid var(--bad); border-bottom: 0; padding: 0.1rem 0 0.1rem 0.8rem; margin-bottom: 0.5rem; }
    details { margin-top: 0.5rem; }
    summary { cursor: pointer; color: var(--muted); font-size: 0.85rem; width: fit-content; }
    footer { color: var(--muted); font-size: 0.85rem; padding-top: 2.5rem; padding-bottom: 3rem; }
    @media (min-width: 120rem) {
      html { font-size: 112.5%; }
      .charts { grid-template-columns: repeat(auto-fill, minmax(min(100%, 30rem), 1fr)); }
    }
    @media (max-width: 40rem) {
      .log li { grid-template-columns: minmax(0, 1fr); gap: 0; }
      .figures li { flex-basis: 40%; }
      .plot { padding-left: 2.9rem; height: 13rem; }
    }
    @media print {
      :root { --paper: #fff; --raised: #fff; --ink: #000; --muted: #444; --rule: #bbb; --grid: #ddd;
        --code: #f4f4f4; --c1: #2857c5; --c2: #b1480a; --c3: #0b7268; --c4: #7a3fc4; --c5: #b3263f;
        --c6: #6a6700; }
      body { font-size: 10pt; }
      nav, button, .control, .choice, .chart details { display: none; }
      section, .chart, figure, tr { break-inside: avoid; }
      section:has(.charts), section:has(table) { break-inside: auto; }
      .charts { grid-template-columns: 1fr 1fr; }
      .plot { height: 11rem; }
      a { color: inherit; text-decoration: none; }
    }

    """

  /// Of a chart in a file of its own.
  static let figure: StaticString = """

    text { font: 12px system-ui, Inter, "Helvetica Neue", Arial, "DejaVu Sans", sans-serif; fill: #55554f; }
    .title { font-size: 15px; font-weight: 600; fill: #1d1d1b; }
    .grid line { stroke: #e6e5df; } .axis { stroke: #8a8a83; }
    .line, .thin, .raw, .dots { fill: none; vector-effect: non-scaling-stroke; stroke-linejoin: round;
      stroke-linecap: round; }
    .line { stroke-width: 2; } .thin { stroke-width: 1.2; } .raw { stroke-width: 1; stroke-opacity: 0.32; } .dots { stroke-width: 6; }
    .band { fill-opacity: 0.16; stroke: none; }
    .c1 { stroke: #2857c5; } .c2 { stroke: #b1480a; } .c3 { stroke: #0b7268; }
    .c4 { stroke: #7a3fc4; } .c5 { stroke: #b3263f; } .c6 { stroke: #6a6700; }
    .band.c1, .k1 { fill: #2857c5; } .band.c2, .k2 { fill: #b1480a; } .band.c3, .k3 { fill: #0b7268; }
    .band.c4, .k4 { fill: #7a3fc4; } .band.c5, .k5 { fill: #b3263f; } .band.c6, .k6 { fill: #6a6700; }

    """
}
