/* The style sheet of files that stand alone. Contrasts are at least 4.5:1 for text and 3:1 for what charts are made of,
 * in the light and in the dark (WCAG 2.2, 1.4.3 and 1.4.11). Paper is always light. */
#include "report/page_html.h"

#define LIGHT                                                                                                          \
    ":root{--ground:#fff;--text:#1b1f24;--soft:#535c66;--line:#d5dae0;--head:#f3f5f7;--note:#eef4fb;--edge:#0b4f8a;"   \
    "--delivered:#0b4f8a;--accepted:#3c8bd0;--in-doubt:#c26a00;--pending:#7d8793;--quarantined:#7a4bb0;"               \
    "--withheld:#4a545f;--unreachable:#b3261e;--exercise:#5f3a00;--exercise-ground:#ffe9b8;--actual:#7a1009;"          \
    "--actual-ground:#ffe1de}\n"
#define DARK                                                                                                           \
    "@media screen and (prefers-color-scheme:dark){:root{--ground:#14181d;--text:#e6e9ed;--soft:#a9b2bc;"              \
    "--line:#39424d;--head:#1f262e;--note:#1a2532;--edge:#6fb3f2;--delivered:#3d8fd8;--accepted:#9ccdf7;"              \
    "--in-doubt:#f0a63a;--pending:#7f8a96;--quarantined:#b997ea;--withheld:#c3cad2;--unreachable:#ff8278;"             \
    "--exercise:#ffdf9e;--exercise-ground:#4a3500;--actual:#ffc9c4;--actual-ground:#5a1a15}}\n"
#define TEXT                                                                                                           \
    "*{box-sizing:border-box}\n"                                                                                       \
    "body{margin:0 auto;max-width:62rem;padding:1rem 1.25rem 3rem;background:var(--ground);color:var(--text);"         \
    "font:16px/1.55 system-ui,-apple-system,\"Segoe UI\",Roboto,\"Noto Sans\",\"PingFang SC\",\"Microsoft YaHei\","    \
    "\"Noto Sans CJK SC\",sans-serif;overflow-wrap:break-word}\n"                                                      \
    "h1{font-size:1.75rem;line-height:1.25;margin:.6rem 0 .2rem}\n"                                                    \
    "h2{font-size:1.3rem;line-height:1.3;margin:2.4rem 0 .3rem;padding-top:.9rem;border-top:2px solid var(--line)}\n"  \
    "h3{font-size:1.05rem;margin:1.4rem 0 .3rem}\n"                                                                    \
    ".subtitle,.meaning,footer,.note{color:var(--soft)}\n"                                                             \
    ".subtitle{margin:0 0 1rem}\n.meaning{margin:.1rem 0 .9rem;max-width:46rem}\n"                                     \
    "footer{margin-top:2.5rem;border-top:1px solid var(--line);font-size:.9rem}\n"                                     \
    "a{color:var(--edge)}\na:focus-visible,.wide:focus-visible,.plot:focus-visible{outline:3px solid "                 \
    "var(--edge);outline-offset:2px}\n"                                                                                \
    "code,pre{font:.82rem/1.45 ui-monospace,\"DejaVu Sans Mono\",Consolas,monospace}\n"                                \
    "pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--head);padding:.6rem .8rem;border-radius:.4rem;"  \
    "margin:.3rem 0 1rem}\n"                                                                                           \
    ".banner{padding:.5rem .9rem;border-radius:.4rem;border:1px solid;margin:0}\n"                                     \
    ".banner strong{letter-spacing:.06em;margin-right:.4rem}\n"                                                        \
    ".exercise{color:var(--exercise);background:var(--exercise-ground)}\n"                                             \
    ".actual{color:var(--actual);background:var(--actual-ground)}\n"                                                   \
    ".board{background:var(--note);border-left:.35rem solid var(--edge);border-radius:.3rem;"                          \
    "padding:.9rem 1.2rem .9rem 2.6rem;margin:.8rem 0}\n.board li{margin:.3rem 0}\n"                                   \
    "nav ul{columns:17rem;padding-left:1.2rem;margin:.5rem 0}\n"
#define TABLES                                                                                                         \
    ".wide{overflow-x:auto;margin:.6rem 0 1.2rem}\n"                                                                   \
    "table{border-collapse:collapse;width:100%;font-size:.93rem}\n"                                                    \
    "caption{text-align:left;font-weight:600;padding:.2rem 0 .4rem}\n"                                                 \
    "th,td{text-align:left;vertical-align:top;padding:.36rem .6rem;border-bottom:1px solid var(--line)}\n"             \
    "thead th{background:var(--head);border-bottom:2px solid var(--line);font-weight:600}\n"                           \
    "tbody th{font-weight:500}\n"                                                                                      \
    ".n{text-align:right}\n.n,.t{font-variant-numeric:tabular-nums;white-space:nowrap}\n"                              \
    "dl{display:grid;grid-template-columns:minmax(8rem,14rem) 1fr;gap:.25rem 1rem;margin:.6rem 0 1rem}\n"              \
    "dt{color:var(--soft)}\ndd{margin:0;overflow-wrap:anywhere}\n"
#define CHARTS                                                                                                         \
    ".plot{overflow-x:auto;margin:.6rem 0}\n.chart{display:block;width:100%;min-width:34rem;height:auto}\n"            \
    ".bar .chart{min-width:0}\n"                                                                                       \
    ".chart-label{fill:var(--soft)}\n.chart-grid{stroke:var(--line);stroke-width:1}\n"                                 \
    ".chart-axis{stroke:var(--soft);stroke-width:1.3}\n.chart-empty{fill:var(--line)}\n"                               \
    ".chart path,.chart rect{stroke:var(--ground);stroke-width:1}\n"                                                   \
    ".told-delivered{fill:var(--delivered);--mark:var(--delivered)}\n"                                                 \
    ".told-accepted{fill:var(--accepted);--mark:var(--accepted)}\n"                                                    \
    ".told-in-doubt{fill:var(--in-doubt);--mark:var(--in-doubt)}\n"                                                    \
    ".told-pending{fill:var(--pending);--mark:var(--pending)}\n"                                                       \
    ".told-quarantined{fill:var(--quarantined);--mark:var(--quarantined)}\n"                                           \
    ".told-withheld{fill:var(--withheld);--mark:var(--withheld)}\n"                                                    \
    ".told-unreachable{fill:var(--unreachable);--mark:var(--unreachable)}\n"                                           \
    ".span-incident,.span-hold{fill:var(--unreachable)}\n.span-response{fill:var(--withheld)}\n"                       \
    ".span-plan{fill:var(--pending)}\n.span-send{fill:var(--accepted)}\n.span-announcement{fill:var(--delivered)}\n"   \
    ".span-filing{fill:var(--quarantined)}\n.span-decision{fill:var(--in-doubt)}\n"                                    \
    ".legend{list-style:none;display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;padding:0;margin:.4rem 0 1rem;"              \
    "font-size:.93rem}\n.key::before{content:\"\";display:inline-block;width:.85em;height:.85em;border-radius:.15em;"  \
    "margin-right:.45em;vertical-align:-.05em;background:var(--mark)}\n"
#define NARROW                                                                                                         \
    "@media(max-width:34rem){body{padding:.7rem .8rem 2rem;font-size:15px}h1{font-size:1.4rem}"                        \
    "dl{grid-template-columns:1fr}dd{margin-bottom:.5rem}.board{padding-left:2.1rem}"                                  \
    ".t{white-space:normal;min-width:7rem}}\n"
#define PAPER                                                                                                          \
    "@page{size:A4;margin:16mm 15mm}\n"                                                                                \
    "@media print{body{max-width:none;padding:0;font-size:10pt;line-height:1.4;print-color-adjust:exact;"              \
    "-webkit-print-color-adjust:exact}"                                                                                \
    "h1{font-size:17pt}h2{font-size:13pt;margin-top:1.2rem;break-after:avoid}h3,caption,thead,.meaning{break-after:"   \
    "avoid}tbody tr:first-child{break-before:avoid}"                                                                   \
    "table{font-size:8.5pt}th,td{padding:.2rem .4rem}.t{white-space:normal;min-width:4.8rem}tr,li,.plot,dl,pre,"       \
    ".board{break-inside:avoid}"                                                                                       \
    ".wide,.plot{overflow:visible}.chart{min-width:0}nav{display:none}a{color:inherit;text-decoration:none}"           \
    "code,pre{font-size:7.5pt}}\n"

const char *page_html_css(void)
{
    return "\n" LIGHT DARK TEXT TABLES CHARTS NARROW PAPER;
}
