/// What makes a page better where scripts run: values at the pointer, zoom, sliders, and copying. Without it
/// all is there to read.
enum PageScript {
  static let text: StaticString = #"""

    "use strict";
    (() => {
      const NS = "http://www.w3.org/2000/svg";
      const make = (name, attributes, parent) => {
        const node = document.createElementNS(NS, name);
        for (const key in attributes) node.setAttribute(key, attributes[key]);
        if (parent) parent.append(node);
        return node;
      };
      const element = (name, className, text) => {
        const node = document.createElement(name);
        if (className) node.className = className;
        if (text !== undefined) node.textContent = text;
        return node;
      };
      const label = (value) => {
        const size = Math.abs(value);
        if (size >= 1e6) return +(value / 1e6).toPrecision(4) + "M";
        if (size >= 1e4) return +(value / 1e3).toPrecision(4) + "k";
        return size > 0 && size < 1e-6 ? value.toExponential() : String(+value.toPrecision(4));
      };
      const precise = (value) =>
        Math.abs(value) >= 1e-4 || value === 0
          ? String(+value.toPrecision(5)) : value.toExponential(3);
      const linearTicks = (low, high, wanted) => {
        const raw = (high - low) / wanted;
        const power = Math.pow(10, Math.floor(Math.log10(raw)));
        const step = ([1, 2, 2.5, 5].find((f) => f * power >= raw * 0.99) || 10) * power;
        const ticks = [];
        for (let i = Math.ceil(low / step); i * step <= high && ticks.length < 50; i++) ticks.push(i * step);
        return ticks;
      };
      const logTicks = (low, high, wanted) => {
        if (high / low <= 4) return linearTicks(low, high, wanted);
        for (const factors of [[1, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]]) {
          const ticks = [];
          for (let d = Math.floor(Math.log10(low)); d <= Math.ceil(Math.log10(high)); d++)
            for (const f of factors) {
              const value = f * Math.pow(10, d);
              if (value >= low && value <= high) ticks.push(value);
            }
          if (ticks.length <= wanted + 2 || factors.length === 1) return ticks;
        }
      };

      for (const figure of document.querySelectorAll("figure.chart")) {
        const data = JSON.parse(figure.querySelector("script").textContent);
        const plot = figure.querySelector(".plot");
        const frame = plot.querySelector(".frame");
        const zoom = frame.querySelector(".zoom");
        const [x0, x1] = data.x;
        const scale = data.log ? Math.log : (v) => v;
        const full = [scale(data.y[0]), scale(data.y[1])];
        let view = [x0, x1];
        let range = full.slice();
        let cursor = null;
        let drag = null;
        const layer = make("g", {}, frame);
        const tip = element("div", "tip");
        tip.hidden = true;
        tip.setAttribute("aria-live", "polite");
        const reset = element("button", "reset", "Show all");
        reset.type = "button";
        reset.hidden = true;
        plot.append(tip, reset);
        plot.tabIndex = 0;
        plot.setAttribute("role", "group");
        plot.setAttribute("aria-label",
          "Arrow keys move between values, plus and minus zoom, Escape shows all");

        const box = () => frame.getBoundingClientRect();
        const toX = (clientX) => {
          const area = box();
          const part = Math.min(1, Math.max(0, (clientX - area.left) / area.width));
          return view[0] + part * (view[1] - view[0]);
        };
        const nearest = (points, x) => {
          let low = 0, high = points.length / 2 - 1;
          while (high - low > 1) {
            const middle = (low + high) >> 1;
            if (points[2 * middle] < x) low = middle; else high = middle;
          }
          return Math.abs(points[2 * high] - x) < Math.abs(points[2 * low] - x) ? high : low;
        };

        const redraw = () => {
          const k = (x1 - x0) / (view[1] - view[0]);
          const ky = (full[1] - full[0]) / (range[1] - range[0]);
          const tx = -1000 * k * (view[0] - x0) / (x1 - x0);
          const ty = -1000 * ky * (full[1] - range[1]) / (full[1] - full[0]);
          zoom.setAttribute("transform", `matrix(${k} 0 0 ${ky} ${tx} ${ty})`);
          const xs = frame.querySelector(".xlabels"), ys = frame.querySelector(".ylabels");
          const grid = frame.querySelector(".grid");
          xs.replaceChildren(); ys.replaceChildren(); grid.replaceChildren();
          for (const value of linearTicks(view[0], view[1], 4)) {
            if (data.unit === "step" && value !== Math.round(value)) continue;
            const at = 100 * (value - view[0]) / (view[1] - view[0]) + "%";
            make("text", { x: at, y: "100%", dy: 18, "text-anchor": "middle" }, xs)
              .textContent = label(value);
          }
          const ends = data.log ? range.map(Math.exp) : range;
          const ticks = data.log ? logTicks(ends[0], ends[1], 5) : linearTicks(ends[0], ends[1], 5);
          for (const value of ticks) {
            const at = 100 * (1 - (scale(value) - range[0]) / (range[1] - range[0])) + "%";
            make("line", { x1: 0, x2: "100%", y1: at, y2: at }, grid);
            make("text", { x: -8, y: at, dy: 4, "text-anchor": "end" }, ys).textContent = label(value);
          }
          reset.hidden = view[0] === x0 && view[1] === x1;
          show();
        };
        const setView = (low, high) => {
          const least = (x1 - x0) / 1e4;
          if (high - low < least) { const m = (low + high) / 2; low = m - least / 2; high = m + least / 2; }
          low = Math.max(x0, low); high = Math.min(x1, high);
          view = [low, high];
          let least_ = Infinity, most = -Infinity;
          if (low === x0 && high === x1) { range = full.slice(); return redraw(); }
          for (const series of data.s)
            for (let i = 0; i < series.p.length; i += 2)
              if (series.p[i] >= low && series.p[i] <= high) {
                const value = scale(series.p[i + 1]);
                if (isFinite(value)) { least_ = Math.min(least_, value); most = Math.max(most, value); }
              }
          if (most >= least_) {
            const edge = most > least_ ? (most - least_) * 0.08 : (full[1] - full[0]) * 0.05;
            range = [least_ - edge, most + edge];
          }
          redraw();
        };
        const show = () => {
          layer.replaceChildren();
          if (drag) {
            const [a, b] = [drag[0], drag[1]].sort((p, q) => p - q)
              .map((x) => 100 * (x - view[0]) / (view[1] - view[0]));
            make("rect", { class: "select", x: a + "%", width: b - a + "%", y: 0, height: "100%" }, layer);
          }
          tip.hidden = cursor === null;
          if (cursor === null) return;
          const rows = [];
          let at = cursor;
          const main = data.s.reduce((a, b) => (b.p.length > a.p.length ? b : a), data.s[0]);
          if (main.p.length) at = main.p[2 * nearest(main.p, cursor)];
          const reach = (view[1] - view[0]) / 20;
          for (const series of data.s) {
            if (!series.p.length) continue;
            const i = nearest(series.p, at);
            if (Math.abs(series.p[2 * i] - at) > reach) continue;
            rows.push([series, series.p[2 * i], series.p[2 * i + 1]]);
          }
          const place = 100 * (at - view[0]) / (view[1] - view[0]);
          make("line", { class: "cross", x1: place + "%", x2: place + "%", y1: 0, y2: "100%" }, layer);
          tip.replaceChildren(element("b", "", data.unit + " " + (data.unit === "step"
            ? Math.round(at).toLocaleString("en-US") : precise(at))));
          for (const [series, x, y] of rows) {
            const down = 100 * (1 - (scale(y) - range[0]) / (range[1] - range[0]));
            const across = 100 * (x - view[0]) / (view[1] - view[0]);
            if (across >= -0.1 && across <= 100.1)
              make("circle", { class: "mark c" + series.c, r: 4, cx: across + "%", cy: down + "%" }, layer);
            const row = element("span", "k" + series.c, data.s.length > 1 ? series.n : "");
            row.append(element("i", "", precise(y)));
            tip.append(row);
          }
          const area = box(), outer = plot.getBoundingClientRect();
          const x = area.left - outer.left + area.width * place / 100;
          const width = tip.offsetWidth;
          tip.style.left = Math.max(0, Math.min(outer.width - width,
            x + 12 + width > outer.width ? x - width - 12 : x + 12)) + "px";
        };
        plot.addEventListener("pointermove", (event) => {
          cursor = toX(event.clientX);
          if (drag) drag[1] = cursor;
          show();
        });
        plot.addEventListener("pointerleave", () => { if (!drag) { cursor = null; show(); } });
        plot.addEventListener("pointerdown", (event) => {
          if (event.button !== 0 || event.target === reset) return;
          cursor = toX(event.clientX);
          if (event.pointerType === "mouse") {
            drag = [cursor, cursor];
            plot.setPointerCapture(event.pointerId);
            event.preventDefault();
          }
          show();
        });
        const end = () => {
          const taken = drag;
          drag = null;
          if (taken && Math.abs(taken[1] - taken[0]) > (view[1] - view[0]) / 100)
            setView(Math.min(...taken), Math.max(...taken));
          else show();
        };
        plot.addEventListener("pointerup", end);
        plot.addEventListener("pointercancel", () => { drag = null; cursor = null; show(); });
        plot.addEventListener("dblclick", () => setView(x0, x1));
        reset.addEventListener("click", () => { cursor = null; setView(x0, x1); plot.focus(); });
        plot.addEventListener("blur", () => { cursor = null; show(); });
        plot.addEventListener("keydown", (event) => {
          if (event.target !== plot) return;
          const middle = cursor === null ? (view[0] + view[1]) / 2 : cursor;
          const span = view[1] - view[0];
          switch (event.key) {
            case "ArrowLeft": cursor = Math.max(view[0], middle - span / (event.shiftKey ? 10 : 100)); break;
            case "ArrowRight": cursor = Math.min(view[1], middle + span / (event.shiftKey ? 10 : 100)); break;
            case "Home": cursor = view[0]; break;
            case "End": cursor = view[1]; break;
            case "+": case "=": setView(middle - span / 4, middle + span / 4); break;
            case "-": setView(middle - span, middle + span); break;
            case "Escape": cursor = null; setView(x0, x1); break;
            default: return;
          }
          event.preventDefault();
          show();
        });
      }

      for (const slides of document.querySelectorAll(".slides")) {
        const figures = [...slides.querySelectorAll("figure")];
        if (figures.length < 2) continue;
        const control = element("div", "control");
        const input = element("input");
        const output = element("output");
        input.type = "range";
        input.min = 0;
        input.max = figures.length - 1;
        input.value = figures.length - 1;
        input.setAttribute("aria-label", "Step");
        const update = () => {
          figures.forEach((figure, i) => figure.toggleAttribute("data-shown", i === +input.value));
          output.textContent = figures[+input.value].dataset.label || "";
          input.setAttribute("aria-valuetext", output.textContent);
        };
        input.addEventListener("input", update);
        control.append(input, output);
        slides.before(control);
        slides.toggleAttribute("data-on", true);
        update();
      }

      for (const split of document.querySelectorAll(".split")) {
        const figures = [...split.querySelectorAll("figure")];
        if (figures.length < 2) continue;
        const control = element("div", "control");
        const input = element("input");
        input.type = "range";
        input.min = 0;
        input.max = 100;
        input.value = 50;
        const choice = element("div", "choice");
        let upper = 1;
        const name = (i) => figures[i].dataset.label || "";
        const update = () => {
          figures.forEach((figure, i) => { figure.hidden = i !== 0 && i !== upper; });
          figures[upper].style.clipPath = `inset(0 0 0 ${input.value}%)`;
          input.setAttribute("aria-label", `${name(0)} at the left, ${name(upper)} at the right`);
          [...choice.children].forEach((b, i) => b.setAttribute("aria-pressed", i + 1 === upper));
        };
        figures.slice(1).forEach((figure, i) => {
          const button = element("button", "", name(0) + " | " + name(i + 1));
          button.type = "button";
          button.addEventListener("click", () => { upper = i + 1; update(); });
          choice.append(button);
        });
        input.addEventListener("input", update);
        control.append(choice, input);
        split.before(control);
        split.toggleAttribute("data-on", true);
        update();
      }

      if (navigator.clipboard)
        for (const line of document.querySelectorAll(".command")) {
          const button = element("button", "", "Copy");
          button.type = "button";
          button.addEventListener("click", async () => {
            await navigator.clipboard.writeText(line.querySelector("code").textContent);
            button.textContent = "Copied";
            setTimeout(() => { button.textContent = "Copy"; }, 1500);
          });
          line.append(button);
        }
    })();

    """#
}
