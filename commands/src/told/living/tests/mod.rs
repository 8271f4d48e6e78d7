mod nat_window;
mod pair;
mod shell_window;
